"""The weathers: each is a fault, or a few, as fault files spell them (`data/faults/README.md`)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from batchtui.local.faults.model import FaultSet
from batchtui.local.faults.reader import checked_faults
from tests.kills.moments import AGENTS, Sender

LOST: tuple[Mapping[str, Any], ...] = (
    {"do": "reset"},
    {"do": "broken_headers"},
    *({"do": "answer", "status": status} for status in (500, 502, 503, 408)),
)
"""The six ways in which an answer is lost."""


class Place(StrEnum):
    """Whom a weather strikes."""

    BATCH = "batch"
    STORAGE = "storage"
    BOTH = "both"
    """The client at both services."""
    ALL = "all"
    """Nodes and tasks as well as the client."""


class Weather(Struct, frozen=True):
    """Something that goes wrong, again and again."""

    name: str
    faults: tuple[Mapping[str, Any], ...]
    ends_runs: bool = False
    """Whether it outlasts the patience of a run."""

    @property
    def harmless(self) -> frozenset[str]:
        """The names of its faults after which an answer that succeeds can still be read."""
        return frozenset(
            fault.get("name", self.name)
            for fault in self.faults
            if fault["do"] != "wrong_body" or fault["body"] == "content_type"
        )

    @property
    def asks(self) -> float:
        """The seconds for which it asks to be left alone, of which a dashboard believes 60."""
        names = ("retry_after", "retry_after_date")
        asked = [fault.get(name, 0.0) for fault in self.faults for name in names]
        return float(min(max(asked), 60.0))

    def on(self, place: Place, seed: int) -> FaultSet:
        """What an account plays; the seed draws other requests each time.

        The requests of the proof itself are spared.
        """
        senders = [Sender.RUN, *((Sender.NODE, Sender.TASK) if place is Place.ALL else ())]
        agents = [pattern for sender in senders for pattern in AGENTS[sender]]
        whose: dict[str, Any] = {"user_agent": agents, "name": self.name}
        if place in (Place.BATCH, Place.STORAGE):
            whose["service"] = str(place)
        faults = [{**whose, **_moved(fault, seed)} for fault in self.faults]
        here = [fault for fault in faults if fault.get("service") == whose.get("service")]
        everywhere = place in (Place.BOTH, Place.ALL)
        return fault_set(*(faults if everywhere else here), seed=seed)


def fault_set(*faults: Mapping[str, Any], seed: int = 0) -> FaultSet:
    """The faults of these tables; a test that spells them wrong fails."""
    read, wrong = checked_faults({"seed": seed, "faults": [dict(fault) for fault in faults]})
    assert not wrong, wrong
    return read


def _moved(fault: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """With its numbered requests some later, by the seed."""
    if isinstance(fault.get("nth"), list):
        return {**fault, "nth": [each + 5 * (seed - 1) for each in fault["nth"]]}
    return dict(fault)


def _answers(status: int) -> list[Weather]:
    """One with each kind of Retry-After."""
    fault = {"do": "answer", "status": status, "share": 0.3}
    return [
        Weather(f"{status}", (fault,)),
        Weather(f"{status}, Retry-After 2", ({**fault, "retry_after": 2},)),
        Weather(f"{status}, Retry-After a date", ({**fault, "retry_after_date": 3},)),
    ]


def _often(name: str, share: float = 0.25, **fault: object) -> Weather:
    return Weather(name, ({**fault, "share": share},))


def _lost() -> list[Weather]:
    return [
        _often(f"done, answer lost by {_way(fault)}", 0.2, **fault, carried_out=True)
        for fault in LOST
    ]


def _way(fault: Mapping[str, Any]) -> str:
    return str(fault.get("status", fault["do"])).replace("_", " ")


WEATHERS = {
    weather.name: weather
    for weather in (
        Weather("late by 0 to 1 s", ({"do": "delay", "seconds": 0.5, "jitter": 0.5},)),
        *_answers(429),
        *_answers(503),
        Weather("limit of 5 a second", ({"do": "limit", "rate": 5},)),
        _often("500", do="answer", status=500),
        _often("408", do="answer", status=408),
        _often("401", 0.2, do="answer", status=401),
        _often("403", 0.2, do="answer", status=403),
        *(
            _often(f"body: {body.replace('_', ' ')}", do="wrong_body", body=body)
            for body in ("html", "json", "truncated", "malformed", "content_type", "empty")
        ),
        Weather("refused for 3 s", ({"do": "away", "nth": [4, 20], "seconds": 3},)),
        *(
            _often(f"reset {at.replace('_', ' ')}", do="reset", at=at)
            for at in ("before_headers", "in_headers", "in_body")
        ),
        _often("broken headers", do="broken_headers"),
        *_lost(),
        Weather(
            "slow answers",
            (
                {"do": "slow", "rate": 10_000, "service": "batch"},
                {"do": "slow", "rate": 300_000, "service": "storage"},
            ),
        ),
        Weather("counts 5 s old", ({"do": "stale", "seconds": 5},)),
        Weather("page repeated", ({"do": "repeat_page"},)),
        Weather(
            "page skipped",
            (
                # Never twice in a row: two listings that agree are believed.
                {"do": "skip_page", "service": "storage", "operation": "ListBlobs", "nth": [1, 3]},
                {"do": "skip_page", "service": "batch", "operation": "List*", "share": 0.3},
            ),
        ),
        Weather("clock 10 min behind", ({"do": "skew", "seconds": -600},)),
        Weather("away for 12 s", ({"do": "away", "nth": [12], "seconds": 12},)),
        Weather("away for good", ({"do": "away", "nth": [12], "seconds": 600},), ends_runs=True),
        Weather(
            "503, Retry-After an hour",
            ({"do": "answer", "status": 503, "retry_after": 3600, "nth": [9, 25]},),
            ends_runs=True,
        ),
        Weather(
            "storm",
            (
                {"do": "delay", "seconds": 0.2, "jitter": 0.2},
                {"do": "answer", "status": 503, "share": 0.2},
                {"do": "answer", "status": 500, "share": 0.05, "carried_out": True},
                {"do": "reset", "share": 0.05, "carried_out": True},
                {"name": "page", "do": "wrong_body", "body": "html", "share": 0.03},
                {
                    "name": "cut",
                    "do": "wrong_body",
                    "body": "truncated",
                    "method": "GET",
                    "share": 0.03,
                },
            ),
        ),
    )
}
"""By name, all that the issue lists."""

LOSABLE = {
    "create container": "CreateContainer",
    "create pool": "CreatePool",
    "create job": "CreateJob",
    "upload": "PutBlob",
    "add tasks": "CreateTaskCollection",
    "delete container": "DeleteContainer",
    "delete job": "DeleteJob",
    "delete pool": "DeletePool",
}
"""The requests of a run that change something, and the operations that they are."""

LOST_ANSWERS = {
    name: Weather(name, ({**way, "operation": operation, "nth": [1], "carried_out": True},))
    for request, operation in LOSABLE.items()
    for way in LOST
    for name in [f"{request}, answer lost by {_way(way)}"]
}
"""By name: the first such request is carried out, and its answer lost."""
