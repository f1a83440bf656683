"""An entity in rows of text: as a page for people, or as JSON."""

import re
import textwrap
from collections.abc import Iterable, Sequence

import msgspec
from rich.cells import cell_len, set_cell_size

from batchtui.core.page import Section
from batchtui.core.things import Document
from batchtui.ui.widgets.excerpt_text import lines_of, rows_of
from batchtui.ui.widgets.tones import Spans, Tone

LABELS = 56
"""Cells that the labels of a page have at the most."""

_KEY = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")(: ?)(.*)', re.DOTALL)


def page_rows(sections: Sequence[Section], width: int) -> list[Spans]:
    """Labels to the left, what they say to the right of them, wrapped where it is too long."""
    rows: list[Spans] = []
    for section in sections:
        room = _label_room(section, width)
        if rows:
            rows.append(())
        rows.append(((section.title, Tone.STRONG),))
        for line in section.lines:
            tone = Tone.BAD if line.bad else Tone.PLAIN
            label = line.label
            if cell_len(label) > room:
                label = set_cell_size(label, room - 1) + "…"
            lines = lines_of(line.text) or ("",)
            texts = [row for each in lines for row in _wrapped(each, max(8, width - room - 4))]
            for text in texts:
                rows.append(((f"  {set_cell_size(label, room)}  ", Tone.MUTED), (text, tone)))
                label = ""
    return rows


def _label_room(section: Section, width: int) -> int:
    """Cells for the labels: two fifths of the width, or more where the values leave it to them."""
    labels = max((cell_len(line.label) for line in section.lines), default=0)
    texts = (text for line in section.lines for text in lines_of(line.text))
    left = width - 4 - max(map(cell_len, texts), default=0)
    return min(LABELS, labels, max(8, width * 2 // 5, left))


def _wrapped(line: str, width: int) -> Iterable[str]:
    """Between words where that can be; a word that is too long is cut."""
    if not line.isascii() or len(line) <= width:
        return rows_of(line, width)
    return textwrap.wrap(line, width, replace_whitespace=False, break_on_hyphens=False)


def json_text(document: Document) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def json_rows(document: Document, width: int) -> list[Spans]:
    """Names in a tone of their own; what is too long goes on in the next row."""
    rows: list[Spans] = []
    for line in json_text(document).splitlines():
        for number, text in enumerate(rows_of(line, max(8, width))):
            found = _KEY.fullmatch(text) if number == 0 else None
            if found is None:
                rows.append(((text, Tone.PLAIN),))
            else:
                indent, name, colon, value = found.groups()
                rows.append(
                    ((indent, ""), (name, Tone.ACTIVE), (colon, Tone.MUTED), (value, Tone.PLAIN))
                )
    return rows


def page_text(sections: Sequence[Section], width: int = 1_000_000) -> str:
    """The page as plain text, a value's lines as long as they are."""
    rows = ("".join(text for text, _ in row).rstrip() for row in page_rows(sections, width))
    return "\n".join(rows) + "\n"
