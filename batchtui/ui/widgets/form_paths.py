"""Completing paths of this machine as one types them."""

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from batchtui.ui.widgets.form import TextField
from batchtui.ui.widgets.form_checks import Check, anything

LONGEST_NAME = 255
"""Bytes of a file's name on every file system that is in use here."""


class PathSuggester(Suggester):
    """Proposes the first file or folder that begins like that; a folder with its slash."""

    def __init__(self) -> None:
        # Files come and go, so nothing is remembered.
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """The path that is most likely meant; None when nothing begins like that."""
    folder, begun = os.path.split(typed)
    if a_path(typed):
        return None
    try:
        with os.scandir(given(folder)) as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
            )
    except OSError:
        # A folder that is not there, or not ours to read, has nothing to propose.
        return None
    return os.path.join(folder, names[0]) if names and begun else None


def given(typed: str) -> Path:
    """The path that somebody typed: `~` is the home folder, nothing is the current one."""
    return Path(typed.strip() or ".").expanduser()


def a_path(typed: str) -> str:
    """What is wrong with a path before the disk is asked, as a sentence; empty for nothing."""
    try:
        parts = given(typed).parts
    except RuntimeError:
        return f"No user is called {typed.strip().partition('/')[0].removeprefix('~')}."
    if "\0" in typed:
        return "A path has no NUL character in it."
    try:
        lengths = [len(os.fsencode(part)) for part in parts]
    except UnicodeEncodeError:
        return "A path has no half of a character in it."
    if max(lengths, default=0) > LONGEST_NAME:
        return f"A name in a path has at most {LONGEST_NAME} bytes."
    return ""


class PathField(TextField):
    """A path of this machine, completed with the right arrow."""

    def __init__(
        self, label: str, value: str = "", *, id: str, check: Check = anything, note: str = ""
    ) -> None:
        def checked(text: str) -> str:
            return check(text) or a_path(text)

        super().__init__(label, value, id=id, check=checked, note=note)
        self.input.suggester = PathSuggester()

    @property
    def path(self) -> Path:
        return given(self.value)
