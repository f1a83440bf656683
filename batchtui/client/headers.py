"""What the headers of an answer say about time."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 10 * 365 * 24 * 3600.0
"""Seconds; what a header asks for beyond that is taken for that."""

_SECONDS = re.compile(r"\d{1,12}(\.\d{1,12})?")


def served_at(headers: Mapping[str, str]) -> datetime | None:
    """The service's time of day when it answered, in whole seconds; None where it does not say.

    What a cache answers was dated when that got it (RFC 9111, section 5.1).
    """
    if (headers.get("Age") or "0").strip() != "0":
        return None
    return http_date(headers.get("Date"))


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds for which an answer asks to be left alone; 0 where it does not, or not legibly.

    A time of day is compared with that of the answer, since this machine's clock may be wrong.
    """
    for name, unit in (
        ("Retry-After", 1.0),
        ("retry-after-ms", 1e-3),
        ("x-ms-retry-after-ms", 1e-3),
    ):
        text = (headers.get(name) or "").strip()
        if _SECONDS.fullmatch(text):
            return min(float(text) * unit, LONGEST)
        if (until := http_date(text)) is not None:
            now = served_at(headers) or datetime.now(UTC)
            return min(max((until - now).total_seconds(), 0.0), LONGEST)
    return 0.0


def http_date(text: str | None) -> datetime | None:
    """`Fri, 20 Nov 2026 09:00:00 GMT`; None for what is no such date."""
    if not text or len(text) > 60:
        return None
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
