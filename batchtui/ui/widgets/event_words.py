"""What a run's screen says about each of its steps, and about the whole."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from batchtui.core.events import Direction, TaskFailed
from batchtui.core.ledger import Kind, Outcome
from batchtui.core.states import NodeState
from batchtui.core.transfer import Progress
from batchtui.core.wording import as_sentence, in_bytes, many, some
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import cut
from batchtui.ui.widgets.event_log import trying_again
from batchtui.ui.widgets.event_story import Named, Phase, Step, Story
from batchtui.ui.widgets.excerpt_text import lines_of
from batchtui.ui.widgets.glyphs import NODES, Sign
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.times import lasted
from batchtui.ui.widgets.tones import Spans, Tone, joined

PHASES: Mapping[Phase, Sign] = {
    Phase.WAITING: Sign("·", "", Tone.MUTED),
    Phase.ACTIVE: Sign("▶", "", Tone.ACTIVE),
    Phase.DONE: Sign("✓", "", Tone.GOOD),
    Phase.FAILED: Sign("✗", "", Tone.BAD),
}
OUTCOMES: Mapping[Outcome, Sign] = {
    Outcome.RUNNING: Sign("▶", "under way", Tone.ACTIVE),
    Outcome.SUCCEEDED: Sign("✓", "all tasks succeeded", Tone.GOOD),
    Outcome.FAILED: Sign("✗", "some tasks failed", Tone.BAD),
    Outcome.REFUSED: Sign("✗", "could not go on", Tone.BAD),
    Outcome.TIMED_OUT: Sign("!", "timed out", Tone.WARNING),
    Outcome.INTERRUPTED: Sign("■", "cancelled", Tone.WARNING),
    Outcome.UNFETCHED: Sign("!", "outputs not fetched", Tone.WARNING),
}
TROUBLED = frozenset(
    {NodeState.START_TASK_FAILED, NodeState.UNUSABLE, NodeState.PREEMPTED, NodeState.UNKNOWN}
)
NAME, TIME = 12, 10
"""Cells for a step's name and for how long it took."""


def step_line(story: Story, step: Step, now: datetime, width: int) -> Spans:
    """One step in one line: glyph, name, what came of it, and how long it took."""
    mark = story.marks[step]
    sign = PHASES[mark.phase]
    waiting = mark.phase is Phase.WAITING
    took = lasted(mark.began, mark.ended, now) if mark.began else ""
    room = max(8, width - 2 - NAME - TIME)
    said = cut(() if waiting else WORDS[step](story, room), room)
    return (
        (f"{sign.glyph} ", sign.tone),
        (step.ljust(NAME), Tone.MUTED if waiting else Tone.STRONG),
        *((text, tone or Tone.PLAIN) for text, tone in said),
        (took.rjust(TIME), Tone.MUTED),
    )


def headline(story: Story, now: datetime) -> Spans:
    """The run in one line: `topnwords   ▶ under way   12 s   run k3x8f2`."""
    state = OUTCOMES[story.ending.outcome if story.ending else Outcome.RUNNING]
    if story.waiting is not None and story.waiting.until is not None:
        until = f"waiting, at most until {story.waiting.until.astimezone():%H:%M:%S}"
        state = Sign("!", until, Tone.WARNING)
    ended = story.ending.at if story.ending else None
    return joined(
        (
            ((story.title, Tone.STRONG),),
            state.spans,
            ((lasted(story.began, ended, now), Tone.PLAIN),),
            (("run ", Tone.MUTED), (story.run_id, Tone.PLAIN)),
            (("on ", Tone.MUTED), (story.account, Tone.PLAIN)) if story.account else (),
        ),
        "   ",
    )


def conclusion(story: Story) -> tuple[Spans, ...]:
    """What there is to know at the end, in lines: why it ended, where the results are, what is
    left; nothing while the run goes on.
    """
    if story.ending is None:
        return ()
    lines: list[Spans] = []
    if story.ending.sentence:
        tone = Tone.PLAIN if story.succeeded else Tone.BAD
        lines.extend(((line, tone),) for line in story.ending.sentence.splitlines())
    files = story.transfer(Direction.DOWN)
    if story.places and not files.files:
        lines.append((("Outputs: none were there to download", Tone.MUTED),))
    elif story.places:
        said = f"{many(files.files, 'file')}, {in_bytes(files.size)}, in "
        lines.append(((f"Outputs: {said}", Tone.MUTED), (some(story.places), Tone.PLAIN)))
    if story.ending.left:
        left = _things((thing.kind, thing.name) for thing in story.ending.left)
        lines.append((("Still there: ", Tone.WARNING), (left, Tone.PLAIN)))
    return tuple(lines)


def troubles(story: Story) -> tuple[Spans, ...]:
    """Failed tasks and nodes with the end of their stderr, and what else went wrong, in lines."""
    lines: list[Spans] = []
    for failure in story.failures:
        task = isinstance(failure, TaskFailed)
        node = short_node(failure.node_id, 24)
        name = failure.task_id if isinstance(failure, TaskFailed) else f"node {node}"
        lines.append(
            (
                ("✗ ", Tone.BAD),
                (name, Tone.STRONG),
                (f"   {failure.reason}", Tone.BAD),
                (f"   on node {node}" if task and node else "", Tone.MUTED),
            )
        )
        lines.extend(((f"    {line}", Tone.MUTED),) for line in lines_of(failure.stderr))
    unsaid = story.counts.failed - sum(isinstance(each, TaskFailed) for each in story.failures)
    if story.ending and unsaid > 0 and story.failures:
        lines.append(((f"  and {many(unsaid, 'failed task')} more", Tone.MUTED),))
    said = list(story.troubles)
    if story.waiting is not None:
        said.append(f"{as_sentence(story.waiting.sentence)}{trying_again(story.waiting)}")
    lines.extend(((f"! {sentence}", Tone.WARNING),) for sentence in said)
    return tuple(lines)


def log_lines(story: Story) -> tuple[Spans, ...]:
    """The log with the local time of day before each line."""
    return tuple(
        ((f"{moment.astimezone():%H:%M:%S}  ", Tone.MUTED), (text, tone))
        for moment, text, tone in story.log
    )


def _names(story: Story, kind: Kind) -> Spans:
    names = [name for each, name, _ in story.made if each is kind]
    existed = any(each is kind and before for each, _, before in story.made)
    note = " (was there before)" if existed else ""
    return ((some(names, at_most=6), Tone.PLAIN), (note, Tone.MUTED))


def _transfer(progress: Progress, room: int) -> Spans:
    said = f"{progress.files:,}/{many(progress.of_files, 'file')}, {in_bytes(progress.of_size)}"
    if progress.files == progress.of_files:
        return ((f"{many(progress.files, 'file')}, {in_bytes(progress.size)}", Tone.PLAIN),)
    # Sizes may be unknown or nothing: then files tell how far it is.
    done, total = progress.size, progress.of_size
    if not total:
        done, total = progress.files, progress.of_files
    return _barred(((done, Tone.ACTIVE),), total, ((said, Tone.PLAIN),), room)


def _pool(story: Story, _room: int) -> Spans:
    nodes: list[Spans] = [
        ((f"{NODES[state][0]} {count:,} {NODES[state][1]}", _node_tone(state)),)
        for state, count in story.nodes.items()
    ]
    return joined((_names(story, Kind.POOL), *nodes), "   ")


def _node_tone(state: NodeState) -> Tone:
    if state.familiar in TROUBLED:
        return Tone.BAD
    return Tone.GOOD if state is NodeState.RUNNING else Tone.MUTED


def _submit(story: Story, room: int) -> Spans:
    if story.submitted >= story.expected:
        return ((many(story.expected, "task"), Tone.PLAIN),)
    said = f"{story.submitted:,} of {story.expected:,}"
    return _barred(((story.submitted, Tone.ACTIVE),), story.expected, ((said, Tone.PLAIN),), room)


def _tasks(story: Story, room: int) -> Spans:
    counts = story.counts
    waiting = max(0, story.expected - counts.running - counts.completed)
    said = [
        ((f"{counts.completed:,} of {story.expected:,}", Tone.PLAIN),),
        _count(counts.running, "running", Tone.GOOD),
        _count(waiting, "waiting", Tone.MUTED),
        _count(counts.succeeded, "ok", Tone.GOOD),
        _count(counts.failed, "failed", Tone.BAD),
    ]
    done = ((counts.succeeded, Tone.GOOD), (counts.failed, Tone.BAD))
    return _barred(done, story.expected, joined(said, " · "), room)


def _count(count: int, word: str, tone: Tone) -> Spans:
    return ((f"{count:,} {word}", tone),) if count else ()


def _cleanup(story: Story, _room: int) -> Spans:
    if story.asking:
        return ((f"waits for an answer: delete {_things(story.asking)}?", Tone.WARNING),)
    said = (("deleted", story.deleted), ("kept", story.kept))
    return joined(
        [((f"{verb} {_things(things)}", Tone.PLAIN),) for verb, things in said if things], " · "
    )


def _things(things: Iterable[Named]) -> str:
    """`3 containers and job night`: one by name, several by their number."""
    names: dict[Kind, list[str]] = {}
    for kind, name in things:
        names.setdefault(kind, []).append(name)
    said = [
        f"{kind} {each[0]}" if len(each) == 1 else many(len(each), kind)
        for kind, each in names.items()
    ]
    return some(said)


def _barred(parts: tuple[tuple[int, str], ...], total: int, said: Spans, room: int) -> Spans:
    """A bar before the words, where there is room for one."""
    length = sum(len(text) for text, _ in said)
    cells = min(30, room - length - 3)
    return said if cells < 6 else (*bar(parts, total, cells), ("  ", Tone.PLAIN), *said)


WORDS: Mapping[Step, Callable[[Story, int], Spans]] = {
    Step.CONTAINERS: lambda story, _room: _names(story, Kind.CONTAINER),
    Step.UPLOAD: lambda story, room: _transfer(story.transfer(Direction.UP), room),
    Step.POOL: _pool,
    Step.JOB: lambda story, _room: _names(story, Kind.JOB),
    Step.SUBMIT: _submit,
    Step.TASKS: _tasks,
    Step.DOWNLOAD: lambda story, room: _transfer(story.transfer(Direction.DOWN), room),
    Step.CLEANUP: _cleanup,
}
