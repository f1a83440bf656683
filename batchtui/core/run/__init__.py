"""A workload carried out step by step."""
