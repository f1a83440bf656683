"""Takes the README's pictures of the running app: `uv run python data/screenshots/make.py`.

Each is the dashboard on a world of data/worlds, played by a simulated local account in a
temporary folder, after some keys.
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from batchtui.cli.dashboard import opened
from batchtui.local.play import Play
from batchtui.ui.app import BatchApp

HERE = Path(__file__).resolve().parent
WORLDS = HERE.parent / "worlds"
SIZE = (150, 42)
SETTLING = 8.0
"""Seconds from the last key until the picture is taken: every feed has been read by then."""
PACING = 90.0
"""The same where rates are to be seen: they are told of once enough tasks have ended."""


async def take(name: str, world: str, keys: Sequence[str], settling: float = SETTLING) -> None:
    """Save the picture `name`.svg of a world after these keys."""
    app = BatchApp(partial(opened, Play(WORLDS / f"{world}.toml")), profile=None)
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(240):
        while app.dashboard is None or not app.dashboard.jobs.known:
            await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.5)
        await pilot.pause(settling)
        picture = app.export_screenshot(title="batchtui")
        await asyncio.to_thread((HERE / f"{name}.svg").write_text, picture)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = folder
        await take("dashboard", "busy", [*["down"] * 4, "2", *["down"] * 13, "5"], PACING)
        await take("triage", "broken", ["f"])
        await take("lanes", "broken", ["2", "end", "J"])


asyncio.run(main())
