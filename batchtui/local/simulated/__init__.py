"""A simulated account: thousands of nodes and tasks from a world file, and no process at all."""
