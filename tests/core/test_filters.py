"""What users type after `/`, and which records then pass."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.filters import Filter, FilterError, Kind, Op, Value, parse
from batchtui.core.ordering import ordered
from batchtui.core.queries import TaskQuery, asked

COLUMNS = {
    "task": Kind.WORD, "state": Kind.WORD, "exit": Kind.NUMBER, "age": Kind.DURATION,
    "why": Kind.WORD,
}  # fmt: skip

RECORDS: dict[str, dict[str, Value]] = {
    "good": {"task": "Frame-7", "state": "completed", "exit": 0, "age": timedelta(hours=1)},
    "bad": {
        "task": "frame-17", "state": "failed", "exit": 139, "age": timedelta(hours=3),
        "why": "no such texture",
    },
    "gone": {"task": "bake-1", "state": "failed", "exit": None, "age": timedelta(minutes=5)},
    "now": {"task": "bake-2", "state": "running", "exit": None, "age": None},
}  # fmt: skip


def passing(text: str) -> set[str]:
    chosen = parse(text, COLUMNS)
    return {name for name, record in RECORDS.items() if chosen.passes(record.get)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"good", "bad", "gone", "now"}),
        ("FRAME", {"good", "bad"}),
        ("139", {"bad"}),
        ("state:fail", {"bad", "gone"}),
        ("state:fail frame", {"bad"}),
        ("!state:failed", {"good", "now"}),
        ("state:=fail", set()),
        ("state:=Failed", {"bad", "gone"}),
        ("^frame-1", {"bad"}),
        ("task:^bake", {"gone", "now"}),
        ("exit:>0", {"bad"}),
        ("exit:0", {"good"}),
        ("exit:<=0", {"good"}),
        ("!exit:0", {"bad", "gone", "now"}),
        ("age:<2h", {"good", "gone"}),
        ("age:>1h30m", {"bad"}),
        ("/^(frame|bake)-.?7$/", {"good", "bad"}),
        ("/no such/ exit:139", {"bad"}),
        ("!/e-\\d+$/", set()),
        ('"no such"', {"bad"}),
        ("why:texture", {"bad"}),
        ("state:", {"good", "bad", "gone", "now"}),
        ("exit:>", {"good", "bad", "gone", "now"}),
        ("/fra", {"good", "bad"}),
    ],
)
def test_who_passes(text: str, expected: set[str]) -> None:
    assert passing(text) == expected


@pytest.mark.fault("3.14")
@pytest.mark.parametrize(
    ("spaced", "plain"),
    [
        ("exit = 139", "exit:=139"),
        ("exit =139", "exit:=139"),
        ("exit= 139", "exit:=139"),
        ("exit=139", "exit:=139"),
        ("exit : = 139", "exit:=139"),
        ("exit:= 139", "exit:=139"),
        ("exit == 139", "exit:=139"),
        ("EXIT = 139", "exit:=139"),
        ("exit > 0", "exit:>0"),
        ("exit >= 0", "exit:>=0"),
        ("exit <= 0", "exit:<=0"),
        ("exit<1", "exit:<1"),
        ("exit != 0", "!exit:=0"),
        ("!exit = 0", "!exit:=0"),
        ("!exit != 0", "exit:=0"),
        ("state = failed", "state:=failed"),
        ("state : failed", "state:failed"),
        ("state: failed", "state:failed"),
        ('why = "no such texture"', 'why:="no such texture"'),
        ("age > 2h", "age:>2h"),
        ("state = failed exit = 139", "state:=failed exit:=139"),
        ("frame exit = 139", "frame exit:=139"),
        ("exit = 139 frame", "exit:=139 frame"),
        ("exit: state:failed", "state:failed"),
        ("exit =", ""),
        ("exit = 2", "exit:=2"),
        ("frame-17", "task:frame-17"),
        ("a=b", '"a=b"'),
        ('"exit = 2"', '"exit = 2"'),
    ],
)
def test_blanks_may_stand_around_an_operator(spaced: str, plain: str) -> None:
    assert passing(spaced) == passing(plain)
    assert passing("exit = 139") == {"bad"}


@pytest.mark.fault("3.14")
def test_a_condition_on_no_column_is_refused_rather_than_read_as_three_words() -> None:
    with pytest.raises(FilterError, match=r'no column code.*write "code = 2"'):
        parse("code = 2", COLUMNS)


@pytest.mark.fault("3.14")
def test_what_the_service_is_asked_for_is_the_same() -> None:
    columns = {"task": Kind.WORD, "state": Kind.WORD, "exit": Kind.NUMBER}
    assert asked(parse("exit = 2", columns)) == TaskQuery(exit_code=(Op.WHOLE, 2))
    assert asked(parse("state = failed", columns)) == asked(parse("state:=failed", columns))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sate:failed", "no column sate; there are task, state, exit, age, why"),
        ("exit:>many", "exit is a number, and 'many' is none"),
        ("sate:>1h", 'write "sate:>1h"'),
        ("age:2h", "age is a duration: write age:<2h"),
        ("age:<soon", "write it like 90s, 20m, 1h30m or 2d"),
        ("state:>failed", "state is a text"),
        ("exit:^1", "exit is a number: write exit:>1"),
        ("/(/", "is no regular expression"),
    ],
)
def test_a_wrong_filter_says_why(text: str, reason: str) -> None:
    with pytest.raises(FilterError, match=reason.replace("(", "\\(")):
        parse(text, COLUMNS)


@pytest.mark.parametrize("name", ["for", "ended", "elapsed"])
def test_age_is_what_counts_the_time_up_to_now(name: str) -> None:
    chosen = parse("age:>1h", {"node": Kind.WORD, "wait": Kind.DURATION, name: Kind.DURATION})
    assert chosen.passes({name: timedelta(hours=2), "wait": timedelta()}.get)
    assert not chosen.passes({name: timedelta(minutes=2), "wait": timedelta(hours=3)}.get)
    with pytest.raises(FilterError, match="no column age"):
        parse("age:>1h", {"node": Kind.WORD, "wait": Kind.DURATION})


@given(st.text(max_size=30))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        chosen = parse(text, COLUMNS)
    except FilterError:
        return
    assert isinstance(chosen, Filter)
    assert all(isinstance(chosen.passes(record.get), bool) for record in RECORDS.values())


def test_texts_are_ordered_as_a_person_does_and_nothing_comes_last() -> None:
    names = ["frame-10", "Frame-9", "", "bake-1"]
    assert ordered(names, str) == ["bake-1", "Frame-9", "frame-10", ""]
    assert ordered(names, str, descending=True) == ["frame-10", "Frame-9", "bake-1", ""]
    exits = {"a": 3, "b": None, "c": 137, "d": 3}
    assert ordered(exits, exits.get, descending=True) == ["c", "a", "d", "b"]
