"""How a job and its failures look; look at the pictures before you accept new ones."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from batchtui.ui.screens.following import FollowingScreen
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.triage import TriageScreen
from batchtui.ui.theme import LIGHT
from tests.fakes import FakeAccount, Outcome
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.scene import TEXTURE, render_farm

LOOKS = [
    ("triage", (80, 24), ("2", "j", "f"), ""),
    ("job", (120, 40), ("2", "j", "J"), LIGHT.name),
]


async def account() -> FakeAccount:
    """A farm whose failed tasks have written why."""
    account = await render_farm(nodes=24, tasks=240)
    for task in account.batch.world.jobs["frames-0412"].tasks.values():
        if task.outcome.failure is TEXTURE:
            stderr = b"loading scene.blend\nframe 4711: no such texture\n"
            task.outcome = Outcome(139, failure=TEXTURE, stderr=stderr)
    return account


@pytest.mark.parametrize(("size", "keys", "theme"), [look[1:] for look in LOOKS],
                         ids=[look[0] for look in LOOKS])  # fmt: skip
def test_look(
    snap_compare: Callable[..., bool], size: tuple[int, int], keys: tuple[str, ...], theme: str
) -> None:
    app = TestedApp(asyncio.run(account()), clock=lambda: 0.0)

    def shown() -> bool:
        """Whether all that the screen shows has been read."""
        screen = app.screen
        if isinstance(screen, TriageScreen):
            return screen.counts.known and screen.stderr.known
        return isinstance(screen, JobScreen) and screen.course.known and screen.counts.known

    async def prepare(pilot: Pilot[int]) -> None:
        app.theme = theme or app.theme
        await settled(pilot, app)
        await pilot.press(*keys)
        await until(shown)
        await pilot.pause()
        assert isinstance(app.screen, FollowingScreen)
        app.screen.tick()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=prepare)
