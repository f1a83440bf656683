"""The example of the README: a client that loses a pool when an answer is lost."""

import asyncio
import sys
from pathlib import Path

import pytest

from batchtui.local.faults.options import FaultOptions
from batchtui.local.launch import attach_or_start
from batchtui.local.play import Play
from batchtui.paths import fault_file

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[3] / "data" / "faults" / "naive_client.py"
README = SCRIPT.parents[2] / "README.md"


async def test_a_naive_client_loses_its_pool(tmp_path: Path) -> None:
    said = await run(tmp_path, fault_file("lost-answers"))
    assert said == "failed: (PoolExists) The specified pool already exists.\nleft: ['render']\n"
    # As the README shows it.
    assert said in README.read_text("utf-8")


async def test_in_fair_weather_it_nothing_fails(tmp_path: Path) -> None:
    assert "failed" not in await run(tmp_path, None)


async def run(tmp_path: Path, faults: Path | None) -> str:
    """What the script says, on an account that is otherwise empty."""
    world = tmp_path / "empty.toml"
    world.write_text("name = 'empty'\n")
    options = FaultOptions(faults) if faults else None
    async with attach_or_start(
        tmp_path / "data", play=Play(world), faults=options, progress=print
    ) as account:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, SCRIPT),
            env=account.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    return said.decode()
