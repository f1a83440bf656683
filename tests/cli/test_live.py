"""What a terminal shows while a run is under way."""

import io
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from rich.console import Console

from batchtui.cli.live import LivePrinter
from batchtui.cli.printers import JsonPrinter, PlainPrinter, Printer
from batchtui.cli.trouble import say
from batchtui.cli.words import lines
from batchtui.core.events import (
    Created,
    Direction,
    Ended,
    Event,
    Finished,
    NotFetched,
    Progressed,
    Recovered,
    Submitting,
    TaskFailed,
    Transferred,
    Transferring,
    Troubled,
)
from batchtui.core.ledger import Fact, Kind, Outcome, Thing
from batchtui.core.models import TaskCounts
from batchtui.core.states import NodeState

UP = Transferring(
    direction=Direction.UP, container="in", files=1, of_files=4, size=1500, of_size=6000
)
HALF = Progressed(
    counts=TaskCounts(active=2, running=1, completed=3, succeeded=2, failed=1),
    of_tasks=6,
    nodes={NodeState.RUNNING: 1, NodeState.WAITING_FOR_START_TASK: 2},
    elapsed=61.0,
)


def shown(*events: Event, color: bool = False) -> str:
    """What a terminal of 80 cells got, with its control codes."""
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, width=80, no_color=not color, highlight=False
    )
    printer = LivePrinter(console)
    for event in events:
        printer.show(event)
    printer.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("event", "pieces"),
    [
        (UP, ["up in", "1 of 4 files, 1.5 KB of 6.0 KB"]),
        (Submitting(tasks=100, of_tasks=2000), ["submitting tasks", "100 of 2,000"]),
        (
            HALF,
            [
                "50%",
                "2 active",
                "1 running",
                "2 succeeded",
                "1 failed",
                "nodes: 1 running, 2 waiting for start task",
                "elapsed 1 min",
            ],
        ),
    ],
    ids=["upload", "submission", "tasks"],
)
def test_what_moves_is_at_the_bottom(event: Event, pieces: list[str]) -> None:
    text = shown(event)
    for piece in pieces:
        assert piece in text


def test_what_moved_is_gone_before_the_next_line() -> None:
    done = Transferred(direction=Direction.UP, container="in", files=4, size=6000, place="here")
    text = shown(UP, done)
    after = text.split("Uploaded 4 files (6.0 KB) to container in")[1]
    assert "1 of 4 files" not in after


def test_no_color_means_no_color() -> None:
    failed = TaskFailed(task_id="t", node_id="n", exit_code=7, reason="exit code 7", stderr="x")
    assert "\x1b[31m" in shown(failed, color=True)
    assert "\x1b[31m" not in shown(failed)


def test_the_end_says_what_is_left_and_how_to_delete_it() -> None:
    left = (
        Thing(Kind.CONTAINER, "a", Fact.CREATED),
        Thing(Kind.CONTAINER, "b", Fact.INTENDED),
        Thing(Kind.POOL, "p", Fact.CREATED),
    )
    ended = Ended(
        run_id="r1",
        outcome=Outcome.REFUSED,
        sentence="No quota.",
        left=left,
        resumable=True,
        elapsed=3.0,
    )
    on, away = (
        "`batchtui wait r1` goes on with the run.",
        "`batchtui clean r1` deletes what it left.",
    )
    stopped, rest = "Stopped after 3.0 s: No quota.", "Left: containers a and b; pool p."
    assert lines(ended) == [stopped, rest, on, away]
    assert lines(replace(ended, resumable=False)) == [stopped, rest, away]
    assert lines(replace(ended, left=())) == [stopped, on]
    assert lines(replace(ended, left=(), resumable=False)) == [stopped]


def test_failed_tasks_beyond_those_that_were_looked_into_are_counted() -> None:
    counts = TaskCounts(completed=121, succeeded=0, failed=121)
    said = lines(Finished(counts=counts, of_tasks=121, reported=20, elapsed=9.0))
    assert said == [
        "101 more tasks failed; their reasons are not shown",
        "0 of 121 tasks succeeded, 121 failed, in 9.0 s",
    ]
    assert lines(Created(kind=Kind.JOB, name="j")) == ["Created job j"]


NASTY = "\x1b[2Ja\x1b]0;title\x07\x1b]52;c;aGk=\x07b\x9b31mc\0d\u202ee"
FAILED = TaskFailed(
    task_id="t\rx", node_id="n", exit_code=1, reason=NASTY, stderr=f"10 %\r20 %\r{NASTY}\nend\n"
)


def _moves_nothing(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.fault("5.2")
@pytest.mark.parametrize("printer", [PlainPrinter(), JsonPrinter()])
def test_lines_for_a_pipe_move_no_cursor(
    printer: Printer, capsys: pytest.CaptureFixture[str]
) -> None:
    printer.show(FAILED)
    printer.show(Troubled(sentence=NASTY))
    printer.note(NASTY)
    said = capsys.readouterr()
    assert _moves_nothing(said.out + said.err)
    assert "end" in said.out


@pytest.mark.fault("5.2")
def test_live_lines_move_no_cursor() -> None:
    stream = io.StringIO()
    printer = LivePrinter(Console(file=stream, width=80, highlight=False, force_terminal=False))
    printer.show(FAILED)
    printer.show(Troubled(sentence=NASTY))
    printer.note(NASTY)
    assert _moves_nothing(stream.getvalue())
    assert "    | end" in stream.getvalue()


@pytest.mark.fault("5.2")
def test_a_progress_bar_is_its_last_state(capsys: pytest.CaptureFixture[str]) -> None:
    bar = "".join(f"\r{share} %" for share in range(101))
    event = TaskFailed(task_id="t", node_id="n", exit_code=1, reason="exit code 1", stderr=bar)
    PlainPrinter().show(event)
    assert capsys.readouterr().out.splitlines()[1:] == ["    | 100 %"]


@pytest.mark.fault("5.2")
def test_an_error_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"{NASTY}\nsecond line")
    said = capsys.readouterr().err
    assert _moves_nothing(said)
    assert said.endswith("\nsecond line\n")


@pytest.mark.fault("2.19")
def test_remaining_time_is_told_while_tasks_end_and_no_longer() -> None:
    now = [0.0]
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, highlight=False)
    printer = LivePrinter(console, clock=lambda: now[0])

    def told() -> str:
        with console.capture() as capture:
            console.print(printer._picture())
        return capture.get()

    for minute in range(10):
        now[0] = minute * 60.0
        counts = TaskCounts(active=98 - 10 * minute, running=2, completed=10 * minute)
        printer.show(Progressed(counts=counts, of_tasks=100, nodes={}, elapsed=now[0]))
    assert "to go" in told()
    now[0] += 3600.0
    assert "90%" in told()
    assert "to go" not in told(), "an hour without an end"
    printer.close()


UNTIL = datetime(2026, 1, 1, 12, 5, tzinfo=UTC)


@pytest.mark.fault("4.5")
def test_a_run_that_waits_says_for_what_and_until_when() -> None:
    clock = f"{UNTIL.astimezone():%H:%M:%S}"
    busy = Troubled(sentence="Could not count tasks: busy (503)", until=UNTIL, pause=0.4)
    assert lines(busy) == [f"Could not count tasks: busy (503). Trying again until {clock}."]
    asked = replace(busy, pause=30.0)
    assert lines(asked)[0].endswith(f" Trying again in 30 s until {clock}.")
    assert lines(Recovered(elapsed=0.4)) == []
    assert lines(Recovered(elapsed=12.0)) == ["It works again, after 12 s"]

    out = io.StringIO()
    printer = LivePrinter(Console(file=out, force_terminal=True, width=100))
    printer.show(UP)
    printer.show(busy)
    assert "The service is in trouble" in drawn(printer)
    assert clock in drawn(printer)
    printer.show(Recovered(elapsed=1.0))
    assert "trouble" not in drawn(printer)
    printer.close()


@pytest.mark.fault("3.2", "3.4")
def test_outputs_that_are_missing_are_named_with_what_to_do() -> None:
    missed = NotFetched(container="c", blob="../x", reason="its name leads out of the folder")
    assert lines(missed) == [
        "Not fetched: output ../x of container c: its name leads out of the folder"
    ]
    assert lines(replace(missed, blob="")) == [
        "Not fetched: the outputs of container c: its name leads out of the folder"
    ]
    left = (Thing(Kind.CONTAINER, "c", Fact.CREATED),)
    ended = Ended(run_id="r1", outcome=Outcome.UNFETCHED, sentence="Kept.", left=left, elapsed=3.0)
    assert lines(ended) == [
        "Outputs are missing after 3.0 s: Kept.",
        "Left: container c.",
        "`batchtui wait r1` fetches the outputs again.",
        "`batchtui clean r1` deletes what it left.",
    ]


def drawn(printer: LivePrinter) -> str:
    """What the printer keeps at the bottom of the terminal."""
    out = io.StringIO()
    Console(file=out, width=100).print(printer._picture())
    return out.getvalue()
