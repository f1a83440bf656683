"""The node agent: carries out one task as a Batch node does, with real processes."""
