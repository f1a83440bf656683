"""A node whose start task failed, as its screen looks."""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace
from textual.pilot import Pilot

from batchtui.core.specs import StartTask
from batchtui.ui.screens.node import NodeScreen
from tests.fakes import FakeAccount, Outcome
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.scene import render_farm


async def broken() -> FakeAccount:
    account = await render_farm(nodes=40, tasks=60)
    pool = account.batch.world.pools["render-farm"]
    pool.spec = replace(pool.spec, start_task=StartTask(command_line="setup.sh"))
    account.batch.world.start_task = Outcome(17, stderr=b"E: no such package: libfoo\n" * 3)
    return account


def test_look(snap_compare: Callable[..., bool]) -> None:
    app = TestedApp(asyncio.run(broken()), clock=lambda: 0.0)

    async def prepare(pilot: Pilot[int]) -> None:
        await settled(pilot, app)
        await pilot.press("j")
        await settled(pilot, app)
        await pilot.press("4", "f", "enter")
        await until(lambda: isinstance(app.screen, NodeScreen))
        screen = app.screen
        assert isinstance(screen, NodeScreen)
        await until(lambda: screen.stream.value.size and screen.files.known)
        screen.tick()
        await pilot.pause()

    assert snap_compare(app, terminal_size=(120, 40), run_before=prepare)
