"""Points in time as a user writes them: `2026-12-24 18:00`, which is UTC, or `in 2h`."""

from datetime import UTC, datetime

from batchtui.core.durations import DurationError, duration

SHOWN = 40
"""Characters of a text that is refused: an error is a sentence, whatever was pasted."""


class MomentError(ValueError):
    """A text that is no point in time."""


def moment(text: str, now: datetime) -> datetime:
    """The time that is meant, in UTC, as seen from `now`. Raises `MomentError`."""
    wanted = text.strip()
    shown = repr(text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")
    if wanted.startswith("in "):
        try:
            return now.astimezone(UTC) + duration(wanted.removeprefix("in "))
        except DurationError as error:
            raise MomentError(str(error)) from error
        except OverflowError as error:
            raise MomentError(f"{shown} is beyond the end of the calendar") from error
    try:
        found = datetime.fromisoformat(wanted)
    except ValueError as error:
        raise MomentError(
            f"{shown} is no time; write it like 2026-12-24 18:00, or like in 2h"
        ) from error
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise MomentError(f"{shown} is beyond the end of the calendar") from error
