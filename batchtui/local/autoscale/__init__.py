"""Autoscale formulas: the language, the samples that it reads, and when a pool is scaled."""
