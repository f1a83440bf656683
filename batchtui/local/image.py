"""What the image of a local node offers beside the machine's own programs."""

import contextlib
import importlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from batchtui.local.agent.environment import SYSTEM_PATH


def make_image(directory: Path) -> None:
    """Fill `directory`, which goes first in every task's PATH, with links. Raises OSError.

    python3 is the interpreter under the one that runs batchtui, without batchtui's own packages.
    ffmpeg is there on most images that people use for media; where the machine has none on the
    tasks' PATH, the one on the user's PATH or of the package imageio-ffmpeg takes its place.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _link(directory / "python3", base_python())
    ffmpeg = None if shutil.which("ffmpeg", path=SYSTEM_PATH) else _ffmpeg()
    _link(directory / "ffmpeg", ffmpeg)


def base_python() -> Path:
    """The interpreter that virtual environments are made from."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return Path(base).resolve()


def _ffmpeg() -> Path | None:
    if found := shutil.which("ffmpeg"):
        return Path(found).resolve()
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        return None
    try:
        return Path(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except RuntimeError:  # the package carries none for this machine
        return None


def _link(link: Path, target: Path | None) -> None:
    """Make `link` point to `target`, or be absent."""
    if target is not None and link.is_symlink() and link.readlink() == target:
        return
    with contextlib.suppress(FileNotFoundError):
        link.unlink()
    if target is not None:
        os.symlink(target, link)
