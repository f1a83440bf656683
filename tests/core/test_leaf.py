"""A large file, part by part."""

from batchtui.core.leaf import Leaf, Turn
from batchtui.core.tail import Excerpt

LINES = [f"line {i:04}" for i in range(1000)]
WHOLE = ("\n".join(LINES) + "\n").encode()


class OneFile:
    """The only file there is, and how many bytes of it were asked for at most."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.most = 0
        self.reads = 0

    async def file_size(self, file: str) -> int:
        return len(self.content)

    async def read_file(self, file: str, *, start: int, length: int) -> bytes:
        self.most = max(self.most, length)
        self.reads += 1
        return self.content[start : start + length]


def lines_in(excerpt: Excerpt) -> list[str]:
    """The whole lines, as a viewer shows them: what comes before the first line feed is cut."""
    text = excerpt.text.partition("\n")[2] if excerpt.start else excerpt.text
    return text.removesuffix("\n").split("\n")


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
    assert len((await leaf.read()).text) == 1000


async def test_a_file_that_became_shorter_is_read_from_its_end() -> None:
    source = OneFile(WHOLE)
    leaf = Leaf(source, "f", keep=777)
    await leaf.read()
    leaf.turn(Turn.EARLIER)
    await leaf.read()
    source.content = b"anew\n"
    assert (await leaf.read()).text == "anew\n"
    assert leaf.following
