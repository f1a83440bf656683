"""Everything that a service and a network can do, against all that batchtui does with them.

`python -m tests.weather` tries it all; see `tests/README.md`.
"""
