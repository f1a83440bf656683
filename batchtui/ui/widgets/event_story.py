"""What has happened in a run so far: its events folded into one value that a screen can show."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.events import (
    Asking,
    Created,
    Deleted,
    Direction,
    Ended,
    Event,
    Finished,
    Kept,
    NodeFailed,
    NotFetched,
    Progressed,
    Recovered,
    Reused,
    Started,
    Submitted,
    Submitting,
    TaskFailed,
    Transferred,
    Transferring,
    Troubled,
)
from batchtui.core.ledger import Kind, Outcome
from batchtui.core.models import TaskCounts
from batchtui.core.plan import Plan
from batchtui.core.states import NodeState
from batchtui.core.transfer import Progress
from batchtui.ui.widgets.event_log import logged
from batchtui.ui.widgets.tones import Tone


class Step(StrEnum):
    """The steps of a run, in order."""

    CONTAINERS = "Containers"
    UPLOAD = "Upload"
    POOL = "Pool"
    JOB = "Job"
    SUBMIT = "Submit"
    TASKS = "Tasks"
    DOWNLOAD = "Download"
    CLEANUP = "Clean up"


class Phase(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    FAILED = "failed"


class Mark(Struct, frozen=True):
    """How far a step is."""

    phase: Phase = Phase.WAITING
    began: datetime | None = None
    ended: datetime | None = None


Named = tuple[Kind, str]


class Story(Struct, frozen=True, kw_only=True):
    """Exactly one step is active from the first event until the last one."""

    title: str
    run_id: str
    account: str = ""
    began: datetime
    marks: Mapping[Step, Mark]
    """The steps that this run has."""
    expected: int
    """How many tasks the run has."""
    made: tuple[tuple[Kind, str, bool], ...] = ()
    """Kind and name of each thing, and whether it existed before."""
    moved: Mapping[tuple[Direction, str], Progress] = {}
    """How far the files to or from each container have come."""
    to_upload: Progress = Progress()
    places: tuple[str, ...] = ()
    """Where outputs were downloaded to."""
    submitted: int = 0
    counts: TaskCounts = TaskCounts()
    nodes: Mapping[NodeState, int] = {}
    failures: tuple[TaskFailed | NodeFailed, ...] = ()
    troubles: tuple[str, ...] = ()
    waiting: Troubled | None = None
    """What the run tries again at this moment."""
    asking: tuple[Named, ...] = ()
    """The things about which the run asks whether to delete them."""
    deleted: tuple[Named, ...] = ()
    kept: tuple[Named, ...] = ()
    ending: Ended | None = None
    log: tuple[tuple[datetime, str, Tone], ...] = ()
    """What happened when, the oldest first."""

    LOGGED: ClassVar[int] = 500
    """Lines kept of the log."""

    @classmethod
    def of(cls, plan: Plan, began: datetime) -> Self:
        """Before anything happened."""
        absent = set()
        if not plan.containers:
            absent.add(Step.CONTAINERS)
        if not plan.uploads:
            absent.add(Step.UPLOAD)
        if not plan.recipe.downloads:
            absent.add(Step.DOWNLOAD)
        marks = {step: Mark() for step in Step if step not in absent}
        first = next(iter(marks))
        marks[first] = Mark(Phase.ACTIVE, began)
        return cls(
            title=plan.recipe.name,
            run_id=plan.run_id,
            began=began,
            marks=marks,
            expected=len(plan.ids),
            to_upload=Progress(of_files=len(plan.uploads), of_size=plan.bytes),
        )

    @property
    def caption(self) -> str:
        """`topnwords 3/5`: what runs and how many of its tasks are completed."""
        if self.asking:
            return f"{self.title} asks"
        return f"{self.title} {self.counts.completed:,}/{self.expected:,}"

    @property
    def succeeded(self) -> bool:
        return self.ending is not None and self.ending.outcome is Outcome.SUCCEEDED

    def transfer(self, direction: Direction) -> Progress:
        """All transfers in that direction together."""
        each = [progress for (way, _), progress in self.moved.items() if way is direction]
        total = self.to_upload if direction is Direction.UP else Progress()
        return Progress(
            sum(one.files for one in each),
            max(total.of_files, sum(one.of_files for one in each)),
            sum(one.size for one in each),
            max(total.of_size, sum(one.of_size for one in each)),
        )

    def after(self, event: Event) -> "Story":
        """The story with this event told."""
        lines = logged(event, self.counts, self.nodes)
        story = self._after(event)
        if not lines:
            return story
        log = (*self.log, *((event.at, text, tone) for text, tone in lines))
        return replace(story, log=log[-self.LOGGED :])

    def _after(self, event: Event) -> "Story":
        match event:
            case Started():
                return replace(self, account=event.account)
            case Created() | Reused():
                return self._made(event)
            case Transferring() | Transferred():
                return self._moved(event)
            case Submitting():
                return replace(self.at(Step.SUBMIT, event.at), submitted=event.tasks)
            case Submitted():
                return self.past(Step.SUBMIT, event.at)
            case Progressed():
                story = self.at(Step.TASKS, event.at)
                return replace(story, counts=event.counts, nodes=event.nodes)
            case TaskFailed() | NodeFailed():
                return replace(self, failures=(*self.failures, event))
            case Troubled(until=None):
                return replace(self, troubles=(*self.troubles, event.sentence))
            case Troubled():
                return replace(self, waiting=event)
            case Recovered():
                return replace(self, waiting=None)
            case NotFetched():
                what = event.blob or "outputs"
                sentence = f"Not fetched: {what} of {event.container}: {event.reason}"
                return replace(self, troubles=(*self.troubles, sentence))
            case Finished():
                return replace(self.past(Step.TASKS, event.at), counts=event.counts)
            case Asking():
                asking = tuple((event.kind, name) for name in event.names)
                return replace(self.at(Step.CLEANUP, event.at), asking=asking)
            case Deleted():
                story = self.at(Step.CLEANUP, event.at)
                return replace(story, deleted=(*self.deleted, (event.kind, event.name)), asking=())
            case Kept():
                story = self.at(Step.CLEANUP, event.at)
                return replace(story, kept=(*self.kept, (event.kind, event.name)), asking=())
            case Ended():
                return self._ended(event)
        return self

    def at(self, step: Step, moment: datetime) -> "Story":
        """With that step active and all before it done."""
        if self.marks[step].phase is not Phase.WAITING:
            return self
        marks = dict(self.marks)
        for other, mark in self.marks.items():
            if other is step:
                break
            if mark.phase in (Phase.WAITING, Phase.ACTIVE):
                marks[other] = Mark(Phase.DONE, mark.began or moment, moment)
        marks[step] = Mark(Phase.ACTIVE, moment)
        return replace(self, marks=marks)

    def past(self, step: Step, moment: datetime) -> "Story":
        """With that step done and the next one active."""
        steps = list(self.marks)
        following = steps[steps.index(step) + 1]
        return self.at(following, moment)

    def _made(self, event: Created | Reused) -> "Story":
        existed = isinstance(event, Reused)
        made = (*self.made, (event.kind, event.name, existed))
        story = replace(self, made=made)
        match event.kind:
            case Kind.CONTAINER:
                return story
            case Kind.POOL:
                return story.past(Step.POOL, event.at)
            case Kind.JOB:
                return story.past(Step.JOB, event.at)

    def _moved(self, event: Transferring | Transferred) -> "Story":
        key = (event.direction, event.container)
        if isinstance(event, Transferred):
            progress = Progress(event.files, event.files, event.size, event.size)
        else:
            progress = Progress(event.files, event.of_files, event.size, event.of_size)
        up = event.direction is Direction.UP
        story = self.at(Step.UPLOAD if up else Step.DOWNLOAD, event.at)
        story = replace(story, moved={**self.moved, key: progress})
        if isinstance(event, Transferred):
            if not up:
                places = dict.fromkeys((*self.places, event.place))
                return replace(story, places=tuple(places))
            if story.transfer(Direction.UP).files >= self.to_upload.of_files:
                return story.past(Step.UPLOAD, event.at)
        return story

    def _ended(self, event: Ended) -> "Story":
        """The step that was active is the one that failed, if the run did not come through."""
        through = event.outcome in (Outcome.SUCCEEDED, Outcome.FAILED)
        phase = Phase.DONE if through else Phase.FAILED
        marks = {
            step: Mark(phase, mark.began, event.at) if mark.phase is Phase.ACTIVE else mark
            for step, mark in self.marks.items()
        }
        return replace(self, marks=marks, ending=event, asking=(), waiting=None)
