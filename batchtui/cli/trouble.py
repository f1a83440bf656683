"""Errors that a user can do something about, each with its exit code."""

from batchtui.cli.codes import INTERRUPTED as INTERRUPTED
from batchtui.cli.codes import REFUSED as REFUSED
from batchtui.cli.codes import USAGE as USAGE
from batchtui.cli.streams import say as say
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import LedgerError, Outcome
from batchtui.core.profile import ConfigError
from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.parameters import ParameterError
from batchtui.core.run.errors import ChangedInputsError, RunError
from batchtui.local.trouble import DataDirError, LocalAccountError

EXIT_CODES = {
    Outcome.SUCCEEDED: 0,
    Outcome.FAILED: 1,
    Outcome.REFUSED: REFUSED,
    Outcome.UNFETCHED: REFUSED,
    Outcome.TIMED_OUT: 4,
}


class UsageError(Exception):
    """The command line asks for something that cannot be: a sentence."""


CODES: dict[type[Exception], int] = {
    UsageError: USAGE,
    RecipeError: USAGE,
    ParameterError: USAGE,
    ConfigError: USAGE,
    LedgerError: USAGE,
    ChangedInputsError: USAGE,
    GatewayError: REFUSED,
    RunError: REFUSED,
    DataDirError: USAGE,
    LocalAccountError: REFUSED,
}
"""What a command may raise instead of answering an exit code; anything else is a bug.

The first that fits counts."""
EXPECTED = tuple(CODES)
