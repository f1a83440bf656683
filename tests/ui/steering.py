"""What the tests of orders have in common: an account to steer, and the way to ask and agree."""

from functools import partial
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.ui.screens.actions import ActionsScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec
from tests.ui.conftest import TestedApp, until
from tests.ui.stage import Stage

SIZE = (120, 40)


async def top(app: TestedApp | Stage[Any], screen: type[Screen[Any]]) -> None:
    await until(lambda: isinstance(app.screen, screen) and app.screen.is_mounted,
                what=screen.__name__)  # fmt: skip


async def chosen(pilot: Pilot[Any], app: TestedApp, letter: str) -> None:
    """Choose from the menu of the pane in use."""
    await pilot.press("x")
    await top(app, ActionsScreen)
    await pilot.press(letter)


async def agreed(pilot: Pilot[Any], app: TestedApp) -> str:
    """Say yes to the question; what it said."""
    await top(app, ConfirmScreen)
    await pilot.pause()
    said = " ".join(str(each.render()) for each in app.screen.query(Static))
    await pilot.press("y")
    return said


def shows(words: Static, part: str) -> bool:
    return part in str(words.render())


async def called(app: TestedApp, call: str) -> None:
    await until(partial(app.account.calls.made.__contains__, call), what=call)


async def steerable() -> FakeAccount:
    """A pool of three nodes, a job with two failed, one running and one waiting task."""
    account = FakeAccount()
    batch = account.batch
    batch.by_itself = False
    batch.outcomes = {"bad-*": Outcome(exit_code=7), "long": Outcome(steps=99)}
    await batch.create_pool(pool_spec("cpu", dedicated=3, start_task="/bin/prepare"))
    await batch.create_pool(pool_spec("gpu", dedicated=0))
    batch.step(4)
    await batch.create_job(JobSpec(id="night", pool_info=PoolInfo("cpu"), priority=3))
    specs = [task_spec("bad-1"), task_spec("bad-2"), task_spec("long")]
    await batch.add_tasks("night", specs, added=lambda _count: None)
    batch.step(3)
    await batch.add_tasks("night", [task_spec("waits")], added=lambda _count: None)
    account.storage.put("out", {"a.txt": b"aaa", "run/b.txt": b"b", "run/c.bin": b"cc"})
    account.calls.made.clear()
    return account
