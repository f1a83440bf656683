"""A session opens the account of a profile, and the local one where it has to run first."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batchtui import paths
from batchtui.cli.session import open_session
from batchtui.core.gateway import GatewayError
from batchtui.core.profile import ConfigError
from batchtui.core.things import Kind, Thing
from batchtui.local import launch
from batchtui.local.connection import Connection
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paths, "config_file", lambda: tmp_path / "config.toml")
    for name in ("ACCOUNT", "ENDPOINT", "ACCESS_KEY"):
        monkeypatch.delenv(f"AZURE_BATCH_{name}", raising=False)
    for name in ("ACCOUNT", "KEY", "CONNECTION_STRING"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)
    monkeypatch.delenv("BATCHTUI_PROFILE", raising=False)


def silent(_line: str) -> None:
    """Nobody is told."""


async def test_no_profile_is_said_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"--profile local"):
        async with open_session(None, progress=silent):
            pytest.fail("opened")


async def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_BATCH_ENDPOINT", "https://mine.westeurope.batch.azure.com")
    monkeypatch.setenv("AZURE_BATCH_ACCESS_KEY", "a2V5")
    async with open_session(None, progress=silent) as session:
        assert (session.label, session.local, session.read_only) == ("mine", False, False)
        assert session.endpoint == "https://mine.westeurope.batch.azure.com"
        assert session.gateway.storage is None
        assert session.traffic.per_minute == 0


async def test_read_only_refuses_every_change_before_it_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_BATCH_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AZURE_BATCH_ACCOUNT", "mine")
    monkeypatch.setenv("AZURE_BATCH_ACCESS_KEY", "a2V5")
    async with open_session(None, read_only=True, progress=silent) as session:
        assert session.read_only
        assert session.guard == "batchtui was started with --read-only"
        batch = session.gateway.batch
        for order in (
            batch.stop_resize("p"),
            batch.delete_schedule("s"),
            batch.update(Thing(Kind.JOB, "j"), {"priority": 1}),
        ):
            with pytest.raises(GatewayError, match=r"the profile is read-only"):
                await order
        assert session.traffic.per_minute == 0


async def test_a_key_that_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_BATCH_ENDPOINT", "https://mine.westeurope.batch.azure.com")
    monkeypatch.setenv("AZURE_BATCH_ACCESS_KEY", "%%%")
    with pytest.raises(GatewayError, match=r"not base64"):
        async with open_session(None, progress=silent):
            pytest.fail("opened")


async def test_the_local_account_runs_while_it_is_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []

    @asynccontextmanager
    async def attach_or_start(
        data_dir: Path | None,
        *,
        play: Play | None,
        faults: FaultOptions | None,
        progress: Callable[[str], None],
    ) -> AsyncIterator[Connection]:
        assert (data_dir, play, faults) == (None, None, None)
        progress("starting")
        yield Connection(
            batch_account="local",
            batch_key="a2V5",
            batch_endpoint="http://127.0.0.1:4000",
            storage_account="store",
            storage_key="a2V5",
            storage_endpoint="http://127.0.0.1:4001/store",
            data_dir=tmp_path,
        )
        said.append("stopped")

    monkeypatch.setattr(launch, "attach_or_start", attach_or_start)
    async with open_session("local", progress=said.append) as session:
        assert said == ["starting"]
        assert (session.label, session.local, session.simulated) == ("local", True, False)
        assert session.endpoint == "http://127.0.0.1:4000"
        assert session.gateway.storage is not None
    assert said == ["starting", "stopped"]


async def test_a_play_is_an_account_of_its_own_and_says_that_it_is_simulated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = Play(tmp_path / "busy.toml", 60.0)
    bad_weather = FaultOptions(tmp_path / "storm.toml")

    @asynccontextmanager
    async def attach_or_start(
        data_dir: Path | None,
        *,
        play: Play | None,
        faults: FaultOptions | None,
        progress: Callable[[str], None],
    ) -> AsyncIterator[Connection]:
        assert (data_dir, play, faults) == (None, wanted, bad_weather)
        yield Connection(
            batch_account="local",
            batch_key="a2V5",
            batch_endpoint="http://127.0.0.1:4000",
            storage_account="store",
            storage_key="a2V5",
            storage_endpoint="",
            data_dir=tmp_path,
            simulated=True,
        )

    monkeypatch.setattr(launch, "attach_or_start", attach_or_start)
    async with open_session(None, play=wanted, faults=bad_weather, progress=silent) as session:
        assert (session.local, session.simulated) == (True, True)
        assert session.gateway.storage is None


async def test_only_a_local_account_plays_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_BATCH_ACCOUNT", "work")
    monkeypatch.setenv("AZURE_BATCH_ENDPOINT", "https://work.westeurope.batch.azure.com")
    monkeypatch.setenv("AZURE_BATCH_ACCESS_KEY", "a2V5")
    with pytest.raises(ConfigError, match="Only the local Batch account plays faults"):
        async with open_session(None, faults=FaultOptions(), progress=silent):
            pytest.fail("opened")


def test_importing_it_imports_no_sdk() -> None:
    program = (
        "import sys, batchtui.cli.session, batchtui.config\n"
        "print([name for name in ('azure', 'aiohttp', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
