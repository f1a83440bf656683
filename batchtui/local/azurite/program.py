"""Which Azurite is run: the user's own if one is named, else the pinned one."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from batchtui.local.agent.process import Watch
from batchtui.local.azurite.install import MAIN, VERSION, install
from batchtui.local.azurite.toolchain import find_node
from batchtui.local.trouble import LocalAccountError

SETTING = "BATCHTUI_AZURITE"
TELEMETRY_SINCE = (3, 34)
"""The version that brought telemetry, and with it the option that turns it off."""


@dataclass(frozen=True, slots=True)
class Program:
    """How an Azurite blob service is called."""

    arguments: tuple[str, ...]
    telemetry: bool
    """Whether it would report to its makers unless told not to."""


def is_there() -> bool:
    """Whether Azurite can be run without installing it first."""
    main = platformdirs.user_cache_path("batchtui") / f"azurite-{VERSION}" / MAIN
    return bool(os.environ.get(SETTING)) or main.exists()


async def find_azurite(*, progress: Callable[[str], None], watch: Watch) -> Program:
    """The Azurite to run, installed if need be. Raises `LocalAccountError`."""
    named = os.environ.get(SETTING)
    if named:
        return await own_azurite(named)
    node = await find_node()
    cache = platformdirs.user_cache_path("batchtui")
    main = await install(cache, node, progress=progress, watch=watch)
    return Program((str(node.program), str(main)), telemetry=_is_newer(VERSION))


async def own_azurite(path: str) -> Program:
    """An Azurite by the path of its blob service's main.js or executable."""
    main = _resolve(path)
    telemetry = _is_newer(_version_of(main))
    if main.suffix == ".js":
        node = await find_node()
        return Program((str(node.program), str(main)), telemetry)
    return Program((str(main),), telemetry)


def _resolve(path: str) -> Path:
    main = Path(path).expanduser().resolve()
    if not main.is_file():
        raise LocalAccountError(
            f"{SETTING} names {path}, and there is no such file: give the path of an "
            "azurite-blob executable, or of its main.js, or unset it."
        )
    return main


def _version_of(main: Path) -> str:
    """The version that the package around a main.js says it is; empty if it does not tell."""
    for directory in main.parents[:5]:
        try:
            package = json.loads((directory / "package.json").read_text())
        except (OSError, ValueError):
            continue
        if isinstance(package, dict) and package.get("name") == "azurite":
            return str(package.get("version", ""))
    return ""


def _is_newer(version: str) -> bool:
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= TELEMETRY_SINCE
