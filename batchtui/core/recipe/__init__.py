"""A workload described: the recipe's format, its reading and its checks."""
