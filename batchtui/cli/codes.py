"""Exit codes. Those of a run's outcomes are in `batchtui.cli.trouble`."""

USAGE = 2
REFUSED = 3
CRASHED = 70
"""A bug: EX_SOFTWARE of sysexits.h."""
HUNG_UP = 129
INTERRUPTED = 130
NO_READER = 141
"""The reader of the output has left, as a shell counts SIGPIPE."""
