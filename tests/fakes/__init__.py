"""One stand-in for the outside world, with the behaviour of an account, in memory."""

from batchtui.core.gateway import Gateway
from tests.fakes.batch import FakeBatch
from tests.fakes.calls import Calls, Hold, refused, unreachable
from tests.fakes.storage import FakeStorage
from tests.fakes.world import Outcome, pool_spec, task_spec

__all__ = [
    "Calls",
    "FakeAccount",
    "FakeBatch",
    "FakeStorage",
    "Hold",
    "Outcome",
    "pool_spec",
    "refused",
    "task_spec",
    "unreachable",
]


class FakeAccount:
    """A Batch account with its storage, and one record of what was asked of either.

    `account.calls` lists every call and injects failures and pauses; `account.batch` and
    `account.storage` hold the things; `account.gateway` is what the program is given.
    """

    def __init__(self) -> None:
        self.calls = Calls()
        self.storage = FakeStorage(self.calls)
        self.batch = FakeBatch(self.calls, self.storage)
        self.gateway = Gateway(self.batch, self.storage)
