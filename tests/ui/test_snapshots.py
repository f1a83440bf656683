"""The dashboard as it looks; look at the pictures before you accept new ones."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from batchtui.ui.theme import LIGHT
from tests.ui.conftest import TestedApp, settled
from tests.ui.scene import render_farm

LOOKS = [
    ("narrow", (80, 24), ("2", "j"), ""),
    ("nodes", (120, 40), ("j", "2", "j", "4", "l", "l", "l"), ""),
    ("light", (200, 60), ("j", "2", "j", "5", "j"), LIGHT.name),
]


@pytest.mark.parametrize(("size", "keys", "theme"), [look[1:] for look in LOOKS],
                         ids=[look[0] for look in LOOKS])  # fmt: skip
def test_look(
    snap_compare: Callable[..., bool], size: tuple[int, int], keys: tuple[str, ...], theme: str
) -> None:
    app = TestedApp(asyncio.run(render_farm()), clock=lambda: 0.0)

    async def prepare(pilot: Pilot[int]) -> None:
        app.theme = theme or app.theme
        await settled(pilot, app)
        for key in keys:
            await pilot.press(key)
            await settled(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=prepare)
