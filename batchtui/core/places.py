"""Where in the dashboard one can go, found by a few letters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batchtui.core.feeds import Feeds


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


def matching(text: str, places: Iterable[Place], *, at_most: int = 200) -> Sequence[Place]:
    """The places that have every word of the text in their kind or their name, the best first.

    A name that is the text comes before one that begins with it, and that before all others; a
    word that begins a kind, such as `job`, may stand before the name.
    """
    words = text.casefold().split()
    last = words[-1] if words else ""
    ranked: list[tuple[int, int, Place]] = []
    for index, place in enumerate(places):
        name, kind = (place.id or place.pane).casefold(), place.kind
        if all(word in name or kind.startswith(word) for word in words):
            rank = (name != last) + (not name.startswith(last)) + (last not in name)
            ranked.append((rank, index, place))
    return [place for *_, place in sorted(ranked, key=lambda each: each[:2])[:at_most]]
