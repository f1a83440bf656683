"""Bytes of a terminal as text, characters that a terminal does not know, and its writer."""

import os
import select
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.ui.terminal.frames import Plain, wanted_encoding
from batchtui.ui.terminal.keyboard import Keyboard
from batchtui.ui.terminal.writer import AT_MOST, TerminalWriter

NOWHERE = "\x1b[<35;0;0M"


@pytest.mark.fault("1.2")
@given(st.text(), st.data())
def test_text_is_the_same_wherever_it_is_cut(text: str, data: st.DataObject) -> None:
    whole = text.replace("\x1b", "").encode("utf-8", "replace")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    keyboard = Keyboard()
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert "".join(map(keyboard.text, pieces)) == whole.decode()


@pytest.mark.fault("1.2")
@given(st.lists(st.binary()))
def test_any_bytes_are_text_of_some_kind(pieces: list[bytes]) -> None:
    keyboard = Keyboard()
    for piece in pieces:
        keyboard.text(piece)
        keyboard.rest()
    assert keyboard.text(b"abc").endswith("abc") or keyboard.rest() is not None


@pytest.mark.fault("1.2")
@given(st.binary(min_size=3, max_size=3), st.integers(0, 6))
def test_an_old_mouse_report_takes_nothing_else_with_it(report: bytes, cut: int) -> None:
    keyboard = Keyboard()
    data = b"\x1b[M" + report
    text = keyboard.text(data[:cut]) + keyboard.text(data[cut:]) + keyboard.text(b"xyz")
    assert text == f"{NOWHERE}xyz"


@pytest.mark.fault("1.2")
def test_what_looks_like_a_report_in_a_paste_is_pasted() -> None:
    data = b"\x1b[200~a\x1b[M !!b\x1b[201~"
    assert Keyboard().text(data) == data.decode()
    keyboard = Keyboard()
    assert keyboard.text(data + b"\x1b[M !!c") == data.decode() + f"{NOWHERE}c"


def test_a_report_that_never_ends_was_keys() -> None:
    keyboard = Keyboard()
    assert keyboard.text(b"\x1b[M ") + keyboard.rest() == "\x1b[M "
    assert keyboard.text(b"abc") == "abc"


@given(st.text())
def test_plain_characters_take_as_many_cells_and_are_known(text: str) -> None:
    from rich.cells import cell_len

    for encoding in ("ascii", "iso8859-1", "koi8-r"):
        plain = text.translate(Plain(encoding))
        plain.encode(encoding)
        assert cell_len(plain) == sum(map(cell_len, text))


def test_frames_are_drawn_with_what_every_terminal_has() -> None:
    frame = "╭─ 2 Jobs ─╮│ ● größe ▇▂ ━╸ …│╰──╯"
    assert frame.translate(Plain("ascii")) == "+- 2 Jobs -+| * gro?e #. -- .|+--+"
    assert "größe" in frame.translate(Plain("iso8859-1"))


@pytest.mark.parametrize(
    ("environment", "encoding", "chosen"),
    [
        ({"LANG": "de_DE.UTF-8"}, "utf-8", True),
        ({"LC_CTYPE": "UTF-8"}, "utf-8", True),
        ({"LC_ALL": "C.UTF-8"}, "utf-8", True),
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "utf-8", False),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "ascii", True),
        ({}, "ascii", False),
        ({"LANG": "de_DE@euro"}, "iso8859-1", True),
        ({"LANG": "ru_RU.KOI8-R"}, "KOI8-R", True),
        ({"LANG": "xx_XX.nonsense"}, "ascii", True),
    ],
)
def test_the_locale_says_what_the_terminal_knows(
    environment: dict[str, str], encoding: str, chosen: bool
) -> None:
    assert wanted_encoding(environment) == (encoding, chosen)


@pytest.mark.fault("1.4")
def test_a_writer_outlasts_a_terminal_that_is_gone() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    writer = TerminalWriter(writing, str.encode, caught_up=lambda: None)
    writer.start()
    for _ in range(100):
        writer.write("text")
    writer.close(5)
    os.close(writing)
    assert writer.gone
    assert not writer.is_alive()


@pytest.mark.fault("1.4")
def test_a_terminal_that_stands_still_holds_nobody_up_and_is_drawn_anew_afterwards() -> None:
    reading, writing = os.pipe()
    caught_up = threading.Event()
    writer = TerminalWriter(writing, str.encode, caught_up=caught_up.set)
    writer.start()
    piece = "x" * (AT_MOST // 4)
    for _ in range(40):
        writer.write(piece)
    writer.drain(0.01)
    assert not caught_up.is_set()
    taken = 0
    while not caught_up.wait(0.001):
        # Only what is there: the writer says that it has caught up a moment after its last byte.
        if select.select([reading], [], [], 0)[0]:
            taken += len(os.read(reading, 1 << 20))
    assert taken < 40 * len(piece) / 2
    writer.close(5)
    os.close(reading)
    os.close(writing)
