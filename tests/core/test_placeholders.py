"""Placeholders, braces and what a shell keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.placeholders import PlaceholderError, Text


def test_fills_in_rounds_and_never_looks_at_what_it_filled_in() -> None:
    text = Text.parse("count {param.words} {input.name} > ${HOME}/{{x}}")
    assert text.slots == ("param.words", "input.name")
    text = text.fill({"param.words": "{input.name}"})
    assert text.slots == ("input.name",)
    assert str(text) == "count {input.name} {input.name} > ${HOME}/{x}"
    assert text.complete({"input.name": "a.txt"}) == "count {input.name} a.txt > ${HOME}/{x}"


@pytest.mark.parametrize("source", ["{", "a } b", "{ print }", "{0}", "{a..b}", "x{}"])
def test_a_stray_brace_is_an_error(source: str) -> None:
    with pytest.raises(PlaceholderError, match="belongs to no placeholder"):
        Text.parse(source)


@given(st.text())
def test_doubled_braces_give_any_text_back(source: str) -> None:
    doubled = source.replace("{", "{{").replace("}", "}}").replace("$", "$ ")
    assert Text.parse(doubled).complete({}) == source.replace("$", "$ ")
