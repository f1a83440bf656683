"""A text sought in a file that is larger than what is read of it at once."""

import asyncio
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.leaf import Leaf
from batchtui.core.seeking import Place, Seeker
from tests.core.test_leaf import OneFile, lines_in


class SmallSeeker(Seeker[str]):
    RANGE = 100
    OVERLAP = 40


def seeker(content: bytes, sought: str, told: list[tuple[int, int]] | None = None) -> SmallSeeker:
    steps = [] if told is None else told
    return SmallSeeker(OneFile(content), "f", sought, lambda *step: steps.append(step))


def filler(lines: int) -> bytes:
    return b"".join(b"line %04d\n" % number for number in range(lines))  # ten bytes each


async def test_the_first_place_after_and_the_last_before() -> None:
    content = filler(50) + b"the Needle\n" + filler(50) + b"a needle\n" + filler(50)
    first, second = content.index(b"Needle"), content.index(b"needle")
    told: list[tuple[int, int]] = []
    assert await seeker(content, "needle", told).after(0) == Place(first)
    assert told[0] == (0, len(content))
    assert told[-1][0] < len(content)
    assert await seeker(content, "needle").after(first + 10) == Place(second)
    assert await seeker(content, "needle").after(second + 9) == Place(first, wrapped=True)
    assert await seeker(content, "needle").before(second) == Place(first)
    assert await seeker(content, "needle").before(first) == Place(second, wrapped=True)
    assert await seeker(content, "Needle").before(len(content)) == Place(first)


async def test_what_is_nowhere_is_sought_in_every_byte() -> None:
    source, told = OneFile(filler(95)), list[tuple[int, int]]()
    lost = SmallSeeker(source, "f", "needle", lambda *step: told.append(step))
    assert await lost.after(400) is None
    assert await lost.before(400) is None
    assert told[-1] == (950, 950)
    assert source.most == 100


@pytest.mark.parametrize("shift", range(40))
async def test_a_place_on_the_border_of_two_ranges_is_found(shift: int) -> None:
    content = filler(5) + b"x" * shift + "ein Äpfelkörbchen\n".encode() + filler(30)
    at = content.index("Ä".encode())
    assert await seeker(content, "äpfelkÖrbchen".lower()).after(0) == Place(at)
    assert await seeker(content, "äpfelkörbchen").before(len(content)) == Place(at)


@pytest.mark.parametrize("shift", range(0, 200, 7))
async def test_in_a_line_longer_than_a_range_too(shift: int) -> None:
    content = b"." * (300 + shift) + b"needle" + b"." * 500
    assert await seeker(content, "needle").after(0) == Place(300 + shift)
    assert await seeker(content, "needle").before(len(content)) == Place(300 + shift)


async def test_what_is_not_shown_is_not_found() -> None:
    hidden = b"curl 'https://h/c?sp=r&sig=abcdef'\n10%\r20%\n"
    assert await seeker(hidden, "abcdef").after(0) is None
    assert await seeker(hidden, "10%").before(len(hidden)) is None
    coloured = filler(15) + b"one\n\x1b[31mer\x1b[0mror: disk\n"
    assert await seeker(coloured, "error: disk").after(0) == Place(coloured.index(b"\x1b"))


async def test_a_part_is_read_around_the_place() -> None:
    content = filler(1000)
    source = OneFile(content)
    leaf = Leaf(source, "f", keep=777)
    await leaf.read()
    assert leaf.extent == (content.index(b"line 0923"), len(content))
    at = content.index(b"0500")
    leaf.go_to(at)
    part = await leaf.read()
    assert leaf.aim is not None
    line, column = leaf.aim
    assert lines_in(part)[line][column:] == "0500"
    assert leaf.extent[0] < at < leaf.extent[1]
    assert source.most == 777
    leaf.go_to(5)
    part = await leaf.read()
    assert (part.start, leaf.aim) == (0, (0, 5))


@pytest.mark.parametrize("before", [50, 500])
async def test_a_part_amid_a_long_line_has_the_place_too(before: int) -> None:
    content = b"." * 1000 + b"needle" + b"." * before + b"\n" + filler(100)
    leaf = Leaf(OneFile(content), "f", keep=777)
    leaf.go_to(1000)
    part = await leaf.read()
    assert leaf.aim is not None
    line, column = leaf.aim
    assert lines_in(part)[line][column : column + 6] == "needle"
    assert leaf.extent[0] < 1000 < leaf.extent[1]


async def test_of_the_places_in_one_range_the_nearest_counts() -> None:
    content = b"a needle, needle\na needle\nno more\n"
    assert await seeker(content, "needle").after(0) == Place(2)
    assert await seeker(content, "needle").before(len(content)) == Place(19)
    assert await seeker(content, "needle").before(17) == Place(10)


async def test_a_place_on_the_border_of_what_was_read_before_is_not_missed() -> None:
    content = b"." * 500 + b"needle" + b"." * 500
    assert await seeker(content, "needle").after(503) == Place(500)
    assert await seeker(content, "needle").before(503) == Place(500)


@given(
    lines=st.lists(st.text("abÄä ", max_size=12), max_size=12),
    sought=st.text("abä", min_size=1, max_size=3),
    line=st.integers(0, 12),
    size=st.integers(1, 40),
)
def test_it_finds_what_a_search_in_all_of_the_text_finds(
    lines: list[str], sought: str, line: int, size: int
) -> None:
    content = "".join(f"{each}\n" for each in lines).encode()
    at = len("".join(f"{each}\n" for each in lines[:line]).encode())
    places, begin = list[int](), 0
    for each in lines:
        found = (match.start() for match in re.finditer(re.escape(sought), each.lower()))
        places += (begin + len(each[:column].encode()) for column in found)
        begin += len(each.encode()) + 1
    following = seeker(content, sought)
    following.RANGE = size
    after, before = [p for p in places if p >= at], [p for p in places if p < at]
    assert asyncio.run(following.after(at)) == _place(after[:1], places[:1])
    assert asyncio.run(following.before(at)) == _place(before[-1:], places[-1:])


def _place(near: list[int], wrapped: list[int]) -> Place | None:
    if near:
        return Place(near[0])
    return Place(wrapped[0], wrapped=True) if wrapped else None


@pytest.mark.fault("2.2")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
async def test_text_in_other_encodings_is_searched(encoding: str) -> None:
    text = "".join(f"line {n:04}\n" for n in range(60)) + "die Größe\n" + "rest\n" * 80
    content = text.encode(encoding)
    at = content.index(
        "Größe".encode({"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, "utf-8"))
    )
    assert await seeker(content, "größe").after(0) == Place(at)
    assert await seeker(content, "größe").before(len(content)) == Place(at)
    assert await seeker(content, "nowhere").after(0) is None
    leaf = Leaf(OneFile(content), "f", keep=300)
    leaf.go_to(at)
    part = await leaf.read()
    assert leaf.aim is not None
    line, column = leaf.aim
    assert lines_in(part)[line][column:] == "Größe"
