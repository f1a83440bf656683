"""Columns share the width that there is, and cells keep to theirs."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import GAP, Column, cut, fitted
from batchtui.ui.widgets.tones import Tone


def say(record: str) -> str:
    return record


COLUMNS = (
    Column("ID", 10, say, grow=2, most=20),
    Column("STATE", 8, say),
    Column("WHY", 10, say, grow=3, rank=2),
    Column("NODE", 12, say, rank=1),
)


def test_the_least_important_columns_give_way_first() -> None:
    assert fitted(COLUMNS, 46) == (10, 8, 10, 12)
    assert fitted(COLUMNS, 45)[2] == 0
    assert fitted(COLUMNS, 33) == (20, 8, 0, 0)
    assert fitted(COLUMNS, 34) == (10, 8, 0, 12)


@given(st.integers(0, 300))
def test_columns_never_take_more_than_there_is(width: int) -> None:
    widths = [cells for cells in fitted(COLUMNS, width) if cells]
    assert sum(widths) + GAP * (len(widths) - 1) <= max(width, 0)
    if width >= 70:
        assert sum(widths) + GAP * (len(widths) - 1) == width


def test_a_column_gets_what_its_texts_need_before_others_get_more() -> None:
    assert fitted(COLUMNS, 60) == (16, 8, 18, 12)
    assert fitted(COLUMNS, 60, (6, 11, 0, 12)) == (15, 11, 16, 12)
    assert fitted(COLUMNS, 60, (6, 11, 99, 12)) == (10, 11, 21, 12)
    assert fitted(COLUMNS, 46, (20, 20, 20, 20)) == (10, 8, 10, 12)
    assert fitted(COLUMNS, 33, (6, 15, 0, 0)) == (16, 15, 0, 0)


@given(st.integers(0, 300), st.lists(st.integers(0, 200), min_size=4, max_size=4))
def test_whatever_is_needed_columns_keep_to_the_width(width: int, needs: list[int]) -> None:
    plain, wanted = fitted(COLUMNS, width), fitted(COLUMNS, width, needs)
    assert [bool(cells) for cells in wanted] == [bool(cells) for cells in plain]
    shown = [cells for cells in wanted if cells]
    assert sum(shown) + GAP * (len(shown) - 1) <= max(width, 0)


@given(st.text(), st.text(), st.integers(0, 30), st.booleans())
def test_a_cell_fills_its_width_whatever_is_in_it(
    first: str, second: str, width: int, right: bool
) -> None:
    drawn = cut(((first, Tone.GOOD), (second, Tone.BAD)), width, right=right)
    text = "".join(piece for piece, _ in drawn)
    assert cell_len(text) == width
    assert text.isprintable()


def test_what_is_cut_off_shows() -> None:
    assert "".join(text for text, _ in cut("frame 4711: no texture", 10)) == "frame 471…"


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999), st.integers(1, 60))
def test_a_bar_is_full_only_when_everything_is_done(
    good: int, bad: int, rest: int, width: int
) -> None:
    drawn = bar(((good, Tone.GOOD), (bad, Tone.BAD)), good + bad + rest, width)
    assert sum(len(text) for text, _ in drawn) <= width
    if rest:
        assert drawn[-1][1] == Tone.TRACK
    elif good + bad:
        assert Tone.TRACK not in [tone for _, tone in drawn]
    if good and width > 2:
        assert drawn[0][1] == Tone.GOOD
