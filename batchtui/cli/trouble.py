"""Errors that a user can do something about, each with its exit code."""

import sys

from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import LedgerError, Outcome
from batchtui.core.plain import visible
from batchtui.core.profile import ConfigError
from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.parameters import ParameterError
from batchtui.core.run.journal import RunError
from batchtui.local.trouble import LocalAccountError

USAGE, REFUSED, INTERRUPTED = 2, 3, 130
EXIT_CODES = {
    Outcome.SUCCEEDED: 0,
    Outcome.FAILED: 1,
    Outcome.REFUSED: REFUSED,
    Outcome.TIMED_OUT: 4,
    Outcome.INTERRUPTED: INTERRUPTED,
}


class UsageError(Exception):
    """The command line asks for something that cannot be: a sentence."""


CODES: dict[type[Exception], int] = {
    UsageError: USAGE,
    RecipeError: USAGE,
    ParameterError: USAGE,
    ConfigError: USAGE,
    LedgerError: USAGE,
    GatewayError: REFUSED,
    RunError: REFUSED,
    LocalAccountError: REFUSED,
}
"""What a command may raise instead of answering an exit code; anything else is a bug."""
EXPECTED = tuple(CODES)


def say(line: str) -> None:
    """To stderr, so that what is on stdout can be read by a program."""
    text = "\n".join(map(visible, line.split("\n")))
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
