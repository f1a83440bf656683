"""The local Batch account: a Batch-compatible service on the loopback interface."""
