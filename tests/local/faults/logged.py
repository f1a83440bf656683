"""The log of requests, as a test wants to read it."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from batchtui.local.faults.log import FaultEvent, RequestEvent


@dataclass
class LoggedRequest:
    """A request with all that was written down of it."""

    received: RequestEvent
    carried_out: RequestEvent | None = None
    answered: RequestEvent | None = None

    @property
    def made(self) -> tuple[str, ...]:
        return self.carried_out.made if self.carried_out else ()

    @property
    def status(self) -> int | None:
        """Of the answer: 0 for a connection that broke off, None while it is not answered."""
        return self.answered.status if self.answered else None


def requests_of(file: Path) -> list[LoggedRequest]:
    """The requests of a log in the order of their arrival, over all starts of the account."""
    found: list[LoggedRequest] = []
    by_number: dict[int, LoggedRequest] = {}
    for event in msgspec.json.Decoder(RequestEvent).decode_lines(file.read_bytes()):
        match event.event:
            case "started":
                by_number = {}
            case "received":
                by_number[event.request] = LoggedRequest(event)
                found.append(by_number[event.request])
            case "carried_out":
                by_number[event.request].carried_out = event
            case "answered":
                by_number[event.request].answered = event
    return found


def faults_of(file: Path) -> list[FaultEvent]:
    """The lines of a fault log."""
    return msgspec.json.Decoder(FaultEvent).decode_lines(file.read_bytes())
