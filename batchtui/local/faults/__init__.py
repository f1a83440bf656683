"""Faults on order: the local account misbehaves as a file says, for any client to be tried."""
