"""A fault file is read again when it changes, and a wrong one leaves what is in force."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from batchtui.local.faults import injection
from batchtui.local.faults.injection import FaultInjection, inject_faults
from batchtui.local.faults.options import FaultOptions
from batchtui.local.trouble import LocalAccountError

from .logged import faults_of

RESET = "[[faults]]\ndo = 'reset'\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faults.toml"


Following: TypeAlias = Callable[[], AbstractAsyncContextManager[tuple[FaultInjection, list[str]]]]


@pytest.fixture
def following(file: Path, monkeypatch: pytest.MonkeyPatch) -> Following:
    """Faults of the file, which is looked at all the time."""
    monkeypatch.setattr(injection, "POLL", 0.01)

    @asynccontextmanager
    async def follow() -> AsyncIterator[tuple[FaultInjection, list[str]]]:
        said: list[str] = []
        async with inject_faults(FaultOptions(file), file.parent, say=said.append) as faults:
            yield faults, said

    return follow


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not wanted():  # noqa: ASYNC110 (a file is followed)
            await asyncio.sleep(0.01)


async def test_faults_come_and_go_with_the_file(file: Path, following: Following) -> None:
    file.write_text("")
    async with following() as (faults, said):
        assert faults.faults.rules == ()
        file.write_text(RESET)
        await until(lambda: len(faults.faults.rules) == 1)
        file.write_text(RESET * 3)
        await until(lambda: len(faults.faults.rules) == 3)
        file.write_text("")
        await until(lambda: not faults.faults.rules)
        await until(lambda: len(said) == 4)
        assert [line.split(" ", 1)[1].split(" of ")[0] for line in said] == [
            "0 faults",
            "1 fault",
            "3 faults",
            "0 faults",
        ]


async def test_a_file_that_another_one_takes_the_place_of_is_read(
    file: Path, following: Following
) -> None:
    file.write_text(RESET)
    async with following() as (faults, _):
        other = file.with_suffix(".new")
        # As old as the first one.
        other.write_text("[[faults]]\ndo = 'delay'\nseconds = 1\n")
        os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
        os.replace(other, file)
        await until(lambda: faults.faults.rules and faults.faults.rules[0].do == "delay")


@pytest.mark.parametrize("wrong", ["[[faults]]\ndo = 'rest'", "[[faults", "\x00", None])
async def test_a_wrong_file_is_said_once_and_the_faults_before_stay(
    file: Path, following: Following, wrong: str | None
) -> None:
    file.write_text(RESET)
    async with following() as (faults, said):
        if wrong is None:
            file.unlink()
        else:
            file.write_text(wrong)
        await until(lambda: len(said) > 1)
        assert "The faults before stay in force." in said[1]
        assert str(file) in said[1]
        assert len(faults.faults.rules) == 1
        if wrong is not None:
            file.write_text(wrong)
            os.utime(file)
            await asyncio.sleep(0.1)
        assert len(said) == 2
        file.write_text(RESET * 2)
        await until(lambda: len(faults.faults.rules) == 2)
    events = [line.event for line in faults_of(file.parent / "faults.log")]
    assert events == ["loaded", "kept", "loaded"]


async def test_a_file_with_the_same_faults_starts_nothing_anew(
    file: Path, following: Following
) -> None:
    file.write_text(RESET)
    async with following() as (_, said):
        file.write_text(f"# Only a comment.\n{RESET}")
        await asyncio.sleep(0.1)
        assert len(said) == 1


async def test_a_wrong_file_at_the_start_is_an_error(file: Path, following: Following) -> None:
    file.write_text("[[faults]]\ndo = 'rest'")
    with pytest.raises(LocalAccountError, match="did you mean 'reset'"):
        async with following():
            pytest.fail("started")


async def test_a_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    options = FaultOptions(request_log=tmp_path / "nowhere" / "requests.log")
    with pytest.raises(LocalAccountError, match="--log-requests"):
        async with inject_faults(options, tmp_path, say=lambda line: None):
            pytest.fail("started")


async def test_logs_are_for_their_owner(file: Path, following: Following) -> None:
    file.write_text("")
    async with following():
        modes = [(file.parent / name).stat().st_mode & 0o777 for name in LOGS]
    assert modes == [0o600, 0o600]


LOGS = ("faults.log", "requests.log")
