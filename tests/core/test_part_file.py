"""A file appears whole or not at all, and what a killed program left goes."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from batchtui.core.part_file import part_file, remove_leftovers
from batchtui.core.transfer import Piece, download_all
from tests.fakes import FakeAccount


async def test_it_appears_at_the_end_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "down" / "a"
    async with part_file(target) as part:
        for data in (b"12", b"", b"345", b"6"):
            await part.write(data)
            assert not target.exists()
        await part.finish()
    assert target.read_bytes() == b"123456"
    assert part.size == 6
    assert part.md5.hex() == "e10adc3949ba59abbe56e057f20f883e"
    assert [path.name for path in target.parent.iterdir()] == ["a"]


async def test_an_empty_file(tmp_path: Path) -> None:
    async with part_file(tmp_path / "empty") as part:
        await part.finish()
    assert (tmp_path / "empty").read_bytes() == b""


async def test_what_is_not_finished_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("before")

    def check() -> None:
        raise ValueError("it is not as it should be")

    async with part_file(target) as part:
        await part.write(b"half")
        await part.write(b"way")
    async with part_file(target) as part:
        await part.write(b"whole")
        with pytest.raises(ValueError, match="not as it should be"):
            await part.finish(check)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.fault("3.12")
@pytest.mark.parametrize("name", ["日" * 81 + "x", "n" * 255, "ü" * 127, "x" + "🦀" * 63])
async def test_the_longest_names_that_a_disk_takes(tmp_path: Path, name: str) -> None:
    async with part_file(tmp_path / name) as part:
        await part.write(b"1")
        await part.write(b"2")
        await part.finish()
    assert (tmp_path / name).read_bytes() == b"12"


async def save(target: Path) -> None:
    async with part_file(target) as part:
        await part.finish()


@pytest.mark.fault("3.2")
async def test_a_folder_in_the_way_is_named_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "a" / "x").mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match=r"'.*/a'"):
        await save(tmp_path / "a")
    assert os.listdir(tmp_path) == ["a"]


KILLED = """
import asyncio, sys
from pathlib import Path
from batchtui.core.part_file import part_file

async def main():
    async with part_file(Path(sys.argv[1])) as part:
        await part.write(b"some")
        await part.write(b"more")
        await part.write(b"waits")
        print("written", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.fault("3.2")
async def test_the_next_download_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(target), stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout
    assert await program.stdout.readline() == b"written\n"
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(".out.bin.part")
    remove_leftovers([tmp_path])
    assert left.exists(), "it is still written"
    program.kill()
    await program.wait()
    assert left.exists()
    own = tmp_path / ".mine.part"
    own.touch()
    account = FakeAccount()
    account.storage.put("c", {"b": b"b"})
    await download_all(account.storage, "c", [Piece(tmp_path / "b", "b", 1)], lambda _: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine.part", "b"]
