"""Places by a few letters of their names, and the way back."""

from batchtui.core.places import PANES, Place, matching
from batchtui.core.trail import Trail

PLACES = (
    *PANES,
    Place("pools", "render"),
    Place("jobs", "render-nightly"),
    Place("jobs", "nightly"),
    Place("tasks", "frame-1", "nightly"),
)


def found(text: str) -> list[str]:
    return [str(place) for place in matching(text, PLACES)]


def test_nothing_typed_is_everything_in_order() -> None:
    assert matching("", PLACES) == list(PLACES)


def test_a_name_in_full_comes_first_then_what_begins_with_it() -> None:
    assert found("nightly") == ["job nightly", "job render-nightly"]
    assert found("render") == ["pool render", "job render-nightly"]


def test_a_kind_narrows_and_every_word_counts() -> None:
    assert found("job render") == ["job render-nightly"]
    assert found("jobs")[0] == "jobs"
    assert found("t frame") == ["task frame-1"]
    assert found("nothing like it") == []


def test_job_schedules_are_a_place_to_go_to() -> None:
    assert found("sched") == ["schedules"]


def test_the_way_back_and_forth() -> None:
    trail: Trail[str] = Trail()
    assert trail.back("c") is None
    trail.leave("a")
    trail.leave("b")
    assert trail.back("c") == "b"
    assert trail.back("b") == "a"
    assert trail.back("a") is None
    assert trail.forward("a") == "b"
    trail.leave("b")
    assert trail.forward("x") is None
