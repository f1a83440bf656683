"""Text from outside moves no cursor, whatever is in it."""

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batchtui.core.plain import lines_of, visible, visible_json

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Half characters too, as in names of files that are not UTF-8."""


@pytest.mark.fault("5.2", "5.3")
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("good\rbad", "good␍bad"),
        ("two\nlines\tand a tab", "two␊lines␉and a tab"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "\ufffd31m"),
        ("nul\0del\x7f", "nul␀del␡"),
        ("gpj\u202eexe.txt", "gpj\ufffdexe.txt"),
        ("\u2066a\u2069", "\ufffda\ufffd"),
        ("zero\u200bwidth", "zerowidth"),
        ("half \udc80", "half \ufffd"),
        ("no\u00a0break", "no break"),
        ("größe 日本 é", "größe 日本 é"),
    ],
)
def test_a_name_is_one_line_in_which_all_is_seen(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.fault("5.2")
@given(ANY_TEXT)
def test_nothing_moves_the_cursor(text: str) -> None:
    assert visible(text).isprintable()
    assert all(line.isprintable() for line in lines_of(text))


@pytest.mark.fault("5.2")
@given(ANY_TEXT)
@example("\x7f\u00ad\u2028\U000e0001\U00013430\U0001d173\udc80")
def test_json_means_the_same(text: str) -> None:
    written = visible_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(written) == [text]
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in written)
