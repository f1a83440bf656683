"""JSON that a user edits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.json_text import JsonError, read, written

pytestmark = pytest.mark.fault("2.26")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{\n  "id": "a",\n  "b": ]\n}', 3, 8),
        ('{\n  "id": "a"\n  "b": 1\n}', 3, 3),
        ('{\n  "id": "größe",\n  "größe": x\n}', 3, 12),
        ('{"id": "a"', 1, 11),
        ('{"id": "a\nb"}', 1, 10),
        ("", 1, 1),
        ('{"id": NaN}', 1, 8),
        ('{"a": 1} extra', 1, 10),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(text: str, line: int, column: int) -> None:
    with pytest.raises(JsonError, match=f"line {line}, column {column}: ") as raised:
        read(text)
    assert (raised.value.line, raised.value.column) == (line, column)
    assert "byte" not in str(raised.value)


@pytest.mark.parametrize("text", ["[]", "3", '"text"', "null"])
def test_what_is_no_object(text: str) -> None:
    with pytest.raises(JsonError, match="This is no JSON object"):
        read(text)


def test_what_is_nested_beyond_measure_is_a_sentence() -> None:
    with pytest.raises(JsonError):
        read("[" * 200_000)


@given(st.text(max_size=40))
def test_any_text_is_an_object_or_a_sentence(text: str) -> None:
    try:
        document = read(text)
    except JsonError:
        return
    assert isinstance(document, dict)


NAMES = st.text(st.characters(codec="utf-8"))


@given(st.dictionaries(NAMES, NAMES))
def test_nothing_is_hidden_and_nothing_is_changed_in_what_is_edited(
    document: dict[str, str],
) -> None:
    text = written(document)
    assert not set("\u202e\u2066\u200b\ufeff\x7f\x9b") & set(text)
    assert read(text) == document


def test_what_turns_text_around_is_seen() -> None:
    assert "exe\\u202etxt" in written({"displayName": "exe\u202etxt"})
