"""What a user chose once and finds again the next time: colours, and how each table looks."""

from pathlib import Path

import msgspec
import tomlkit
import tomlkit.exceptions

from batchtui.core.private_files import private_folder, write_private
from batchtui.core.view import View

UNREADABLE = (UnicodeDecodeError, tomlkit.exceptions.ParseError, msgspec.ValidationError)
HEADING = "How batchtui looks. Written by the dashboard; delete it to begin anew."


class Choices:
    """Keeps the theme, and the views of tables by the names of their panes, in a TOML file.

    A file that cannot be read or written spoils nothing: what was chosen holds until the program
    ends.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.theme = ""
        """Empty before one was chosen."""
        self._views: dict[str, View] = {}

    def load(self) -> str:
        """Read the file, where there is one; returns why that failed, or nothing. Blocks."""
        try:
            text = self.file.read_text("utf-8")
            document = tomlkit.parse(text).unwrap()
            self._views = msgspec.convert(document.get("tables", {}), dict[str, View])
            self.theme = msgspec.convert(document.get("theme", ""), str)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return f"{self.file} cannot be read: {error.strerror}."
        except (
            UnicodeDecodeError,
            tomlkit.exceptions.ParseError,
            msgspec.ValidationError,
        ) as error:
            return f"{self.file} is not as batchtui wrote it, and is left out: {error}."
        return ""

    def view(self, name: str) -> View:
        """How the table of that name was looked at last."""
        return self._views.get(name, View())

    def choose(self, name: str, view: View) -> str:
        """Remember a table's view; returns what the file shall hold from now on."""
        self._views[name] = view
        return self._text()

    def wear(self, theme: str) -> str:
        """Remember a theme; returns what the file shall hold from now on."""
        self.theme = theme
        return self._text()

    def _text(self) -> str:
        document = tomlkit.document()
        document.add(tomlkit.comment(HEADING))
        if self.theme:
            document.add("theme", tomlkit.item(self.theme))
        tables = {key: msgspec.to_builtins(kept) for key, kept in sorted(self._views.items())}
        document.add("tables", tomlkit.item(tables))
        return tomlkit.dumps(document)

    def save(self, text: str) -> str:
        """Write what `choose` returned, all of it or nothing; returns why that failed. Blocks."""
        try:
            private_folder(self.file.parent)
            write_private(self.file, text)
        except OSError as error:
            return f"{self.file} cannot be written: {error.strerror}."
        return ""
