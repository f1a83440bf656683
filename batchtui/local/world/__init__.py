"""The rules: pools, nodes, jobs and tasks, and how they come, change and go."""
