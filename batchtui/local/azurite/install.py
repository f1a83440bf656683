"""Azurite, installed once into the user's cache from the lock file beside this module.

Why 3.33.0: from 3.34 on Azurite pulls in application telemetry, which triples it (365 MB instead
of 121 MB, 23 s instead of 6 s to install) and reports to its makers. What 3.33 lacks are newer
service versions, and `--skipApiVersionCheck` serves the requests of newer SDKs all the same:
azure-storage-blob 12.31 works with it. The lock file names no hosts, so npm uses the registry
that the user has set; it does name checksums, which npm verifies.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from batchtui.local.agent.process import Watch, end_group
from batchtui.local.azurite.toolchain import MISSING, Node
from batchtui.local.trouble import LocalAccountError

VERSION = "3.33.0"
PINS = Path(__file__).parent
MAIN = Path("node_modules", "azurite", "dist", "src", "blob", "main.js")
LAST_LINES = 8
PAUSE = 0.1
"""Seconds between two tries for the lock of another installer."""

NPM_OPTIONS = (
    "ci",
    "--ignore-scripts",
    "--omit=dev",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
)


async def install(
    cache: Path, node: Node, *, progress: Callable[[str], None], watch: Watch
) -> Path:
    """The main.js of Azurite's blob service, installed into `cache` if it is not there yet.

    It appears there whole or not at all. Raises `LocalAccountError`.
    """
    home = cache / f"azurite-{VERSION}"
    main = home / MAIN
    if main.exists():
        return main
    try:
        await asyncio.to_thread(cache.mkdir, parents=True, exist_ok=True)
        async with _alone(cache / f"azurite-{VERSION}.lock", progress):
            if not main.exists():
                await _install(home, node, progress, watch)
    except OSError as error:
        raise LocalAccountError(
            f"Azurite could not be installed into {cache}: {error.strerror}. Make room or make "
            "the directory writable, or name an Azurite of your own in BATCHTUI_AZURITE."
        ) from error
    return main


async def _install(home: Path, node: Node, progress: Callable[[str], None], watch: Watch) -> None:
    if not node.npm:
        raise LocalAccountError(MISSING)
    progress(f"Installing Azurite {VERSION}, once, about 120 MB ...")
    # Left over from an installation that was killed; the lock is held, so nobody works in it.
    unfinished = home.with_name(f"{home.name}.unfinished")
    await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINS / name, unfinished)
    began = asyncio.get_running_loop().time()
    await _npm_ci(unfinished, node, watch)
    unfinished.rename(home)
    progress(f"Azurite is installed ({asyncio.get_running_loop().time() - began:.0f} s)")


async def _npm_ci(directory: Path, node: Node, watch: Watch) -> None:
    """Install what the lock file says into `directory`. Raises `LocalAccountError`."""
    path = f"{node.program.parent}:{os.environ.get('PATH', os.defpath)}"
    process = await asyncio.create_subprocess_exec(
        *(*node.npm, *NPM_OPTIONS),
        cwd=directory,
        env={**os.environ, "PATH": path},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        watch.watch(process.pid)
        output, _ = await process.communicate()
    finally:
        await end_group(process, 1.0)
        watch.forget(process.pid)
    if process.returncode != 0 or not (directory / MAIN).exists():
        lines = output.decode(errors="replace").strip().splitlines()[-LAST_LINES:]
        raise LocalAccountError(
            f"Azurite could not be installed: npm ended with {process.returncode}. Check the "
            "network and npm's registry setting, or name an Azurite of your own in "
            "BATCHTUI_AZURITE. npm said:\n" + "\n".join(lines)
        )


@contextlib.asynccontextmanager
async def _alone(lock: Path, progress: Callable[[str], None]) -> AsyncIterator[None]:
    """Hold a lock file, so that two installers do not meet."""
    with lock.open("w") as file:
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    progress("Waiting for another batchtui that is installing Azurite ...")
                told = True
            await asyncio.sleep(PAUSE)
        yield
