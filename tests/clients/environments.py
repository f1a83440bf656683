"""Environments of other clients: made once, then kept in the user's cache by what they hold."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from batchtui.local.azurite.toolchain import Node
from batchtui.paths import cache_dir

COMPLETE = "complete"
"""A file that is written last: an environment without it was interrupted and is made anew."""

PATIENCE = 600.0
"""Seconds for one installation."""


class InstallError(Exception):
    """An environment could not be made: what was tried, and what the installer said."""


def python_with(*requirements: str) -> Path:
    """The interpreter of an environment that holds these packages and nothing of ours."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        raise InstallError(
            "The environments of other clients are made with uv, which is not on the PATH: "
            "install it (python3 -m pip install uv)."
        )

    def make(home: Path) -> None:
        _install([uv, "venv", "--quiet", "--python", sys.executable, str(home / "venv")])
        interpreter = home / "venv" / "bin" / "python"
        _install(
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--compile-bytecode",
                "--python",
                str(interpreter),
                *requirements,
            ]
        )

    home = made_once(_home("python", sys.version, *requirements), make)
    return home / "venv" / "bin" / "python"


def node_modules_with(node: Node, *packages: str) -> Path:
    """A folder from which Node.js finds these packages."""

    def make(home: Path) -> None:
        home.mkdir()
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        path = f"{node.program.parent}:{os.environ.get('PATH', os.defpath)}"
        _install([*node.npm, "install", *quiet, "--prefix", str(home), *packages], path=path)

    return made_once(_home("node", *packages), make)


def made_once(home: Path, make: Callable[[Path], None]) -> Path:
    """`home`, filled by `make` unless that was done before; others who want it wait meanwhile."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / COMPLETE).exists():
            shutil.rmtree(home, ignore_errors=True)
            make(home)
            (home / COMPLETE).touch()
    return home


def _home(kind: str, *contents: str) -> Path:
    digest = hashlib.sha256("\n".join(contents).encode()).hexdigest()[:16]
    return cache_dir() / "test-clients" / f"{kind}-{digest}"


def _install(command: list[str], path: str | None = None) -> None:
    environment = os.environ | {"PATH": path} if path else None
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise InstallError(f"{command} ended with {done.returncode}:\n{done.stdout[-2000:]}")
