"""Runs that are killed at any moment, and accounts that are: nothing is lost, nothing is left.

`python -m tests.kills` kills a run at every request that it makes; see `tests/README.md`.
"""
