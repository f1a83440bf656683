"""What the screen of a run says while it waits for a service, and of outputs that are missing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchtui.core.events import Ended, NotFetched, Progressed, Recovered, Troubled
from batchtui.core.ledger import Outcome
from batchtui.core.models import TaskCounts
from batchtui.ui.widgets.event_story import Phase, Step, Story
from batchtui.ui.widgets.event_words import headline, log_lines, troubles
from tests.core.recipes import planned

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=5)


def text(lines: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    return "\n".join("".join(said for said, _ in line) for line in lines)


@pytest.mark.fault("4.5")
def test_the_headline_says_until_when_a_run_waits(tmp_path: Path) -> None:
    story = Story.of(planned(tmp_path), NOW)
    clock = f"{UNTIL.astimezone():%H:%M:%S}"
    busy = Troubled(sentence="Could not count tasks: busy", until=UNTIL, pause=0.4)
    waiting = story.after(busy)
    assert f"! waiting, at most until {clock}" in text((headline(waiting, NOW),))
    said = f"Could not count tasks: busy. Trying again until {clock}."
    assert said in text(troubles(waiting))
    assert said in text(log_lines(waiting))

    on = waiting.after(Recovered(elapsed=12.0))
    assert "▶ under way" in text((headline(on, NOW),))
    assert troubles(on) == ()
    assert "works again, after 12 s" in text(log_lines(on))


@pytest.mark.fault("3.2")
def test_outputs_that_are_missing_mark_the_download(tmp_path: Path) -> None:
    story = Story.of(planned(tmp_path), NOW)
    counts = TaskCounts(completed=3, succeeded=3)
    for event in (
        Progressed(counts=counts, of_tasks=3, elapsed=1.0),
        NotFetched(container="c", blob="x", reason="the disk is full"),
        Ended(run_id="r1", outcome=Outcome.UNFETCHED, sentence="Kept.", left=(), elapsed=3.0),
    ):
        story = story.after(event)
    assert "! outputs not fetched" in text((headline(story, NOW),))
    assert "Not fetched: x of c: the disk is full" in text(troubles(story))
    assert Phase.FAILED in {mark.phase for mark in story.marks.values()}
    assert story.marks[Step.CLEANUP].phase is Phase.WAITING
