"""Where in the dashboard one can go, found by a few letters."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from batchtui.core.feeds import Feeds
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.together import together
from batchtui.core.wording import many

KINDS = ("node", "task")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}|tvm[A-Za-z0-9_-]+")
"""What nodes and tasks may be called."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pane, or one record in it.

    `pane` is one of the dashboard's panes, `schedules` for the job schedules, or `requests`.
    """

    pane: str
    id: str = ""
    """The record; empty for the pane as such."""
    within: str = ""
    """The pool of a node and the job of a task, which are highlighted with it."""

    @property
    def kind(self) -> str:
        """`pool` for a record among the pools, `pools` for all of them."""
        return self.pane.removesuffix("s") if self.id else self.pane

    def __str__(self) -> str:
        return f"{self.kind} {self.id}".rstrip()


PANES = tuple(
    Place(name)
    for name in ("pools", "jobs", "containers", "nodes", "tasks", "schedules", "requests")
)


def known(feeds: Feeds) -> tuple[Place, ...]:
    """Every place that is known at this moment, panes first."""
    pool, job = feeds.pool_id, feeds.job_id
    return (
        *PANES,
        *(Place("pools", each.id) for each in feeds.pools.reading.value),
        *(Place("jobs", each.id) for each in feeds.jobs.reading.value),
        *(Place("containers", each.name) for each in feeds.containers.reading.value),
        *(Place("nodes", each.id, pool) for each in feeds.nodes.reading.value.items),
        *(Place("tasks", each.id, job) for each in feeds.tasks.reading.value.items),
    )


def beyond(text: str, feeds: Feeds) -> Place | None:
    """The task of the shown job that may be meant where nothing that is known is.

    Of a job with many tasks only the first ones are known.
    """
    words = text.replace('"', "").split()
    if not words or not feeds.job_id or feeds.tasks.reading.value.complete:
        return None
    return Place("tasks", words[-1], feeds.job_id)


class LookUp:
    """Asks the service for nodes and tasks that are not known here, in every pool and job."""

    AT_MOST = 50
    """Pools, and jobs, that are asked: a request each."""
    AT_ONCE = 8

    def __init__(self, batch: Batch, feeds: Feeds) -> None:
        self._batch = batch
        self._pools = tuple(pool.id for pool in feeds.pools.reading.value if pool.current_nodes)
        jobs = sorted(feeds.jobs.reading.value, key=lambda job: (job.id != feeds.job_id, job.over))
        self._jobs = tuple(job.id for job in jobs)

    @staticmethod
    def reads(text: str) -> bool:
        """Whether the text may name a node or a task: `NAME`, `POOL/NODE`, `JOB/TASK`."""
        return _ID.fullmatch(_parts(text)[2]) is not None

    async def find(self, text: str) -> tuple[Place, ...]:
        """Those that the service knows. Raises `GatewayError` where it cannot be asked."""
        kind, within, name = _parts(text)
        asked = [*self._asked(kind, within, name)]
        gate = asyncio.Semaphore(self.AT_ONCE)

        async def ask(place: Place) -> Place | None:
            async with gate:
                return await self._exists(place)

        return tuple(filter(None, await together(*map(ask, asked))))

    def where(self, text: str) -> str:
        """Where it looks for that: `12 pools and 50 of 80 jobs`, `nightly`."""
        kind, within, _ = _parts(text)
        if within:
            return within
        pools, jobs = (len(self._pools), "pool"), (len(self._jobs), "job")
        counts = {"node": (pools,), "task": (jobs,)}.get(kind, (pools, jobs))
        words = [
            many(count, noun) if count <= self.AT_MOST else f"{self.AT_MOST} of {count:,} {noun}s"
            for count, noun in counts
        ]
        return " and ".join(words)

    def _asked(self, kind: str, within: str, name: str) -> Iterator[Place]:
        if kind != "task":
            pools = (_spelled(within, self._pools),) if within else self._pools[: self.AT_MOST]
            yield from (Place("nodes", name, pool) for pool in pools)
        if kind != "node":
            jobs = (_spelled(within, self._jobs),) if within else self._jobs[: self.AT_MOST]
            yield from (Place("tasks", name, job) for job in jobs)

    async def _exists(self, place: Place) -> Place | None:
        """The place as the service spells it; None where it has no such node or task."""
        try:
            if place.pane == "nodes":
                return replace(place, id=(await self._batch.node(place.within, place.id)).id)
            return replace(place, id=(await self._batch.task(place.within, place.id)).id)
        except GatewayError as error:
            if error.missing or error.status == 400:
                return None
            raise


def _parts(text: str) -> tuple[str, str, str]:
    """The kind that is said before a name, what that is said to be in, and the name."""
    words = text.replace('"', "").split()
    before = words[0] if len(words) > 1 else ""
    kind = next((kind for kind in KINDS if before and f"{kind}s".startswith(before)), "")
    if len(words) > (2 if kind else 1) or not words:
        return ("", "", "")
    within, _, name = words[-1].rpartition("/")
    return kind, within, name


def _spelled(name: str, known: Iterable[str]) -> str:
    """As the known one of that name is spelled; ids are the same in upper and lower case."""
    return next((each for each in known if each.casefold() == name.casefold()), name)


def matching(text: str, places: Iterable[Place], *, at_most: int = 200) -> Sequence[Place]:
    """The places that have every word of the text in their kind or their name, the best first.

    `POOL/NODE` and `JOB/TASK` name what is in another thing. A name that is the text comes before
    one that begins with it, and that before all others; a word that begins a kind, such as `job`,
    may stand before the name.
    """
    *words, last = text.casefold().split() or [""]
    within, _, last = last.rpartition("/")
    ranked: list[tuple[int, int, Place]] = []
    for index, place in enumerate(places):
        name, kind = (place.id or place.pane).casefold(), place.kind
        named = last in name or (not within and kind.startswith(last))
        inside = within in place.within.casefold()
        if named and inside and all(word in name or kind.startswith(word) for word in words):
            rank = (name != last) + (not name.startswith(last)) + (last not in name)
            ranked.append((rank, index, place))
    return [place for *_, place in sorted(ranked, key=lambda each: each[:2])[:at_most]]
