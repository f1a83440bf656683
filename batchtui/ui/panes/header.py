"""The first line: which account this is, and how it is doing."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.lately import FailedLately
from batchtui.core.models import Job, Pool, PoolNodeCounts, TaskCounts
from batchtui.core.prices import NO_PRICES, Prices
from batchtui.core.states import JobState, NodeState
from batchtui.core.traffic import Traffic
from batchtui.core.wording import format_age
from batchtui.ui.widgets.nodegroups import in_glyphs, in_words
from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.tones import Spans, Tone


class AccountHeader(StatusLine):
    """The account in one line; what matters least goes first where the line is short."""

    FEEDS = ("pools", "node_counts", "jobs", "progress", "failures", "stuck", "preparations")

    label: var[str] = var("")
    endpoint: var[str] = var("")
    """Where the account is; a local one says so in words."""
    local: var[bool] = var(False)
    simulated: var[bool] = var(False)
    read_only: var[bool] = var(False)
    age: var[int | None] = var(None)
    """Seconds since the oldest data on screen was asked for."""
    stale: var[bool] = var(False)
    next_try: var[int | None] = var(None)
    """Seconds until what is stale is asked for again; None where that is not known."""
    polled: var[int] = var(0)
    """Requests in the last minute that only looked."""
    commanded: var[int] = var(0)
    """Requests in the last minute for what the user did."""
    budget: var[int | None] = var(None)
    """The most that polling may send in a minute; None for no limit."""
    quiet_until: var[datetime | None] = var(None)
    """Until when the service is left alone, as it wants; None where it does not."""
    brief: var[bool] = var(False)
    """Whether that is over in a moment, so that its time is not worth reading."""
    asked_for: var[float] = var(0.0)
    """Seconds for which it asked to be left alone."""
    clock_difference: var[timedelta] = var(timedelta())
    """How far the service's clock is ahead of this machine's, where that is worth a word."""
    paused: var[bool] = var(False)
    """Whether nothing is looked at again for now."""
    prices: var[Prices] = var(NO_PRICES)
    node_hours: var[float] = var(0.0)
    """What went by since the dashboard was opened."""
    running: var[str] = var("")
    """The recipes under way."""
    pools: var[Reading[tuple[Pool, ...]]] = var(Reading(()))
    node_counts: var[Reading[tuple[PoolNodeCounts, ...]]] = var(Reading(()))
    jobs: var[Reading[tuple[Job, ...]]] = var(Reading(()))
    progress: var[Reading[Mapping[str, TaskCounts]]] = var(Reading({}))
    failures: var[Reading[FailedLately]] = var(Reading(FailedLately()))
    stuck: var[Reading[Mapping[str, int]]] = var(Reading({}))

    def on_mount(self) -> None:
        for name in (
            "label", "endpoint", "local", "simulated", "read_only", "age", "stale", "next_try",
            "polled", "commanded", "budget", "quiet_until", "brief", "asked_for",
            "clock_difference", "running", "pools", "node_counts", "jobs", "progress", "failures",
            "stuck", "paused", "prices", "node_hours",
        ):  # fmt: skip
            self.watch(self, name, self._tell, init=False)
        self._tell()

    def _tell(self) -> None:
        facts = [
            Fact((("batchtui", f"{Tone.STRONG}"),), 13),
            *self._account(),
            *self._things(),
            *self._state(),
        ]
        self.facts = tuple(fact for fact in facts if fact.text)

    def _account(self) -> list[Fact]:
        facts = []
        if self.simulated:
            facts += [_word("SIMULATED"), _remark("account, nothing really runs")]
        elif self.local:
            if self.label.lower() != "local":
                facts.append(Fact(((self.label, Tone.ACTIVE),), 12))
            facts += [_word("LOCAL", tied=bool(facts)), _remark("account on this machine")]
        else:
            facts.append(Fact(((self.label, Tone.ACTIVE),)))
            facts.append(_remark(_place(self.label, self.endpoint)))
        if self.read_only:
            facts.append(_word("read-only", tied=True))
        return facts

    def _things(self) -> list[Fact]:
        facts = []
        if self.pools.known:
            facts.append(Fact(_many(len(self.pools.value), "pool"), 8))
        if self.node_counts.known:
            facts.append(self._node_states())
        if stuck := sum(self.stuck.value.values()):
            facts.append(Fact(((f"▲ {stuck:,} stuck", Tone.WARNING),), 3))
        if self.jobs.known:
            open_jobs = sum(job.state is not JobState.COMPLETED for job in self.jobs.value)
            facts.append(Fact(_many(open_jobs, "open job"), 7))
            counts = self.progress.value
            running = sum(counts[job.id].running for job in self.jobs.value if job.id in counts)
            facts.append(Fact(((f"▶ {running:,}", Tone.STRONG),), 4))
            noun = "task" if running == 1 else "tasks"
            short = ((noun, Tone.MUTED),)
            facts.append(
                Fact(((f"running {noun}", Tone.MUTED),), 6, tied=True, short=short, early=9)
            )
        if self.failures.known and self.failures.value.tasks:
            failed = self.failures.value
            sign = (f"✗ {failed.tasks:,}{'' if failed.complete else '+'}", Tone.BAD)
            words = (sign, (" failed in 1 h", Tone.MUTED))
            facts.append(Fact(words, 3, short=(sign, (" in 1 h", Tone.MUTED)), early=9))
        if self.node_counts.known:
            facts += self._costs()
        return facts

    def _costs(self) -> list[Fact]:
        """What the nodes cost where that is known, and how long they have."""
        facts = []
        counts = {each.pool_id: each for each in self.node_counts.value}
        cost = self.prices.together(self.pools.value, counts)
        if cost is not None:
            facts.append(Fact(((self.prices.words(cost), Tone.PLAIN),), 6))
        if self.node_hours >= 0.05:
            words = ((f"{self.node_hours:,.1f}", Tone.STRONG), (" node-hours watched", Tone.MUTED))
            facts.append(Fact(words, 11))
        return facts

    def _node_states(self) -> Fact:
        states: Counter[NodeState] = Counter()
        for counts in self.node_counts.value:
            states.update(counts.by_state())
        total = _many(states.total(), "node")
        short = (*total, *in_glyphs(states))
        return Fact((*total, *in_words(states)), 2, short=short, early=10)

    def _state(self) -> list[Fact]:
        facts = []
        if self.running:
            facts.append(Fact((("▶ ", Tone.GOOD), (self.running, Tone.PLAIN)), 1, right=True))
        facts.append(self._requests())
        if self.clock_difference:
            facts.append(self._clock())
        if self.quiet_until is not None:
            facts.append(self._throttling(self.quiet_until))
        facts.append(Fact((self._freshness(),), 0, right=True))
        if self.stale and self.next_try and not self.paused:
            words = f"next try in {format_age(self.next_try)}"
            facts.append(Fact(((words, Tone.MUTED),), 1, right=True, tied=True))
        if self.paused:
            facts.append(Fact((("p goes on", Tone.MUTED),), 1, right=True, tied=True))
        return facts

    def _requests(self) -> Fact:
        """What looking costs, beside what it may; and what the user's own commands do."""
        polled = f"{self.polled}" if self.budget is None else f"{self.polled}/{self.budget}"
        own = f" + {self.commanded} yours" if self.commanded else ""
        words, short = f"{polled}{own} req/min", f"{self.polled + self.commanded} req/min"
        return Fact(((words, Tone.MUTED),), 5, right=True, short=((short, Tone.MUTED),), early=9)

    def _clock(self) -> Fact:
        """It matters where times are typed, and for signatures."""
        way = "behind" if self.clock_difference > timedelta() else "ahead"
        off = f"{format_age(round(abs(self.clock_difference).total_seconds()))} {way}"
        return Fact(
            ((f"this machine's clock is {off}", Tone.WARNING),),
            4,
            right=True,
            short=((f"clock {off}", Tone.WARNING),),
            early=10,
        )

    def _throttling(self, until: datetime) -> Fact:
        if self.brief:
            return Fact((("throttled", Tone.WARNING),), 1, right=True)
        clock = f"{until:%H:%M:%S} UTC"
        asked = (
            f" (asked for {format_age(self.asked_for)})"
            if self.asked_for > Traffic.LONGEST_QUIET
            else ""
        )
        return Fact(
            ((f"throttled until {clock}{asked}, r tries now", Tone.WARNING),),
            1,
            right=True,
            short=((f"throttled until {clock}", Tone.WARNING),),
            early=6,
        )

    def _freshness(self) -> tuple[str, str]:
        age = "" if self.age is None else f" {format_age(self.age)}"
        if self.paused:
            old = f",{age} old" if age else ""
            return (f"‖ paused{', stale' if self.stale else ''}{old}", Tone.WARNING)
        return (f"○ stale{age}", Tone.BAD) if self.stale else (f"● live{age}", Tone.GOOD)


def _word(word: str, *, tied: bool = False) -> Fact:
    """What must be said however short the line is."""
    return Fact(((word, Tone.WARNING),), tied=tied)


def _remark(words: str) -> Fact:
    """What is good to know of the account where there is room."""
    return Fact(((words, Tone.MUTED),), 12, tied=True)


def _place(label: str, endpoint: str) -> str:
    """The endpoint without what everybody knows, and without the label that stands before it."""
    host = endpoint.removeprefix("https://")
    return host.removeprefix(f"{label}.")


def _many(count: int, noun: str) -> Spans:
    return ((f"{count:,}", Tone.STRONG), (f" {noun}" if count == 1 else f" {noun}s", Tone.MUTED))
