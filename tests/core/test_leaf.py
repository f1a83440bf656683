"""A large file, part by part."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.leaf import Leaf, Turn
from batchtui.core.models import FileState
from batchtui.core.tail import Excerpt

LINES = [f"line {i:04}" for i in range(1000)]
WHOLE = ("\n".join(LINES) + "\n").encode()


class OneFile:
    """The only file there is, and how many bytes of it were asked for at most."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.modified: datetime | None = None
        self.most = 0
        self.reads = 0

    async def file_state(self, file: str) -> FileState:
        return FileState(len(self.content), self.modified)

    async def read_file(self, file: str, *, start: int, length: int) -> bytes:
        self.most = max(self.most, length)
        self.reads += 1
        return self.content[start : start + length]


def lines_in(excerpt: Excerpt) -> list[str]:
    """The whole lines, as a viewer shows them."""
    return excerpt.text.removesuffix("\n").split("\n")


async def test_no_line_is_lost_or_told_twice_on_the_way_to_the_end() -> None:
    source = OneFile(WHOLE)
    leaf = Leaf(source, "f", keep=777)
    await leaf.read()
    leaf.turn(Turn.FIRST)
    part = await leaf.read()
    lines = lines_in(part)
    while part.left:
        leaf.turn(Turn.LATER)
        part = await leaf.read()
        lines += lines_in(part)
    assert lines == LINES
    assert source.most == 777


async def test_nor_on_the_way_back() -> None:
    leaf = Leaf(OneFile(WHOLE), "f", keep=777)
    part = await leaf.read()
    assert leaf.following
    lines = lines_in(part)
    while part.start:
        leaf.turn(Turn.EARLIER)
        part = await leaf.read()
        assert not leaf.following
        lines = lines_in(part) + lines
    assert lines == LINES


async def test_a_part_that_stands_is_fetched_once_and_tells_how_far_the_file_grew() -> None:
    source = OneFile(WHOLE)
    leaf = Leaf(source, "f", keep=777)
    await leaf.read()
    leaf.turn(Turn.FIRST)
    first = await leaf.read()
    reads = source.reads
    assert await leaf.read() == first
    assert source.reads == reads
    source.content += b"more\n"
    grown = await leaf.read()
    assert (grown.text, grown.size) == (first.text, first.size + 5)


async def test_a_line_longer_than_a_part_is_shown_in_pieces() -> None:
    leaf = Leaf(OneFile(b"x" * 3000), "f", keep=1000)
    await leaf.read()
    leaf.turn(Turn.FIRST)
    part = await leaf.read()
    assert (len(part.text), part.left) == (1000, 2000)
    leaf.turn(Turn.LATER)
    part = await leaf.read()
    assert (len(part.text), part.start, part.cut) == (999, 1000, True)


async def test_a_file_that_became_shorter_is_read_from_its_end() -> None:
    source = OneFile(WHOLE)
    leaf = Leaf(source, "f", keep=777)
    await leaf.read()
    leaf.turn(Turn.EARLIER)
    await leaf.read()
    source.content = b"anew\n"
    assert (await leaf.read()).text == "anew\n"
    assert leaf.following


ENCODED = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
TEXTS = st.text(st.sampled_from("ab\n\r ä€😀\ufeff"), min_size=1, max_size=400)


async def parts(content: bytes, keep: int, to: Turn) -> list[Excerpt]:
    """Every part of the file, from its start on or from its end back."""
    leaf = Leaf(OneFile(content), "f", keep=keep)
    found = [await leaf.read()]
    if to is Turn.LATER:
        leaf.turn(Turn.FIRST)
        found = [await leaf.read()]
    while found[-1].left if to is Turn.LATER else found[-1].start:
        leaf.turn(to)
        found.append(await leaf.read())
        assert len(found) <= len(content)
    return found


@pytest.mark.fault("2.1", "2.2")
@given(text=TEXTS, encoding=st.sampled_from(ENCODED), keep=st.integers(16, 90))
async def test_parts_have_all_of_any_text_in_any_encoding(
    text: str, encoding: str, keep: int
) -> None:
    content = text.encode(encoding)
    plain = content.decode(encoding) if encoding != "utf-8" else text.removeprefix("\ufeff")
    forward = await parts(content, keep, Turn.LATER)
    assert "".join(part.text for part in forward) == plain
    back = await parts(content, keep, Turn.EARLIER)
    assert "".join(part.text for part in reversed(back)) == plain
    for part in (*forward, *back):
        assert part.text or not plain


@pytest.mark.fault("2.14")
async def test_a_part_of_a_file_that_was_written_anew_is_read_anew() -> None:
    source = OneFile(WHOLE)
    source.modified = datetime(2026, 1, 1, tzinfo=UTC)
    leaf = Leaf(source, "f", keep=777)
    await leaf.read()
    leaf.turn(Turn.FIRST)
    assert (await leaf.read()).text.startswith("line 0000")
    source.content = WHOLE.replace(b"line", b"next")
    source.modified += timedelta(seconds=1)
    assert (await leaf.read()).text.startswith("next 0000")
    source.content = b"short\n"
    assert (await leaf.read()).text == "short\n"
    leaf.restart()
    assert (await leaf.read()).text == "short\n"
