"""What may be filled into a field. Each check says what is wrong with a text, or nothing."""

import re
from collections.abc import Callable
from datetime import datetime

from batchtui.core.durations import DurationError, duration
from batchtui.core.moments import MomentError, moment
from batchtui.core.recipe.names import wrong_container, wrong_entity

Check = Callable[[str], str]

SIZE = re.compile(r"[A-Za-z0-9_-]+")


def anything(_text: str) -> str:
    """For a field that may stay empty."""
    return ""


def needed(text: str) -> str:
    """For a field that may not."""
    return "" if text.strip() else "Fill this in."


def entity(text: str) -> str:
    """The id of a pool, a job or a task."""
    if not wrong_entity(text):
        return ""
    if not text:
        return "Give it an id."
    if len(text) > 64:
        return f"Too long: {len(text)} characters of at most 64."
    return f"Only letters, digits, - and _ may be in an id, not {_odd(text, '[A-Za-z0-9_-]')}."


def container(text: str) -> str:
    """A blob container's name."""
    if not wrong_container(text):
        return ""
    if not 3 <= len(text) <= 63:
        return f"A name has 3 to 63 characters, not {len(text)}."
    if text != text.lower():
        return "A container's name has no upper-case letters."
    if "--" in text:
        return "A container's name has no two hyphens in a row."
    if text.startswith("-") or text.endswith("-"):
        return "A container's name starts and ends with a letter or a digit."
    return f"Only letters, digits and - may be in the name, not {_odd(text, '[a-z0-9-]')}."


def vm_size(text: str) -> str:
    """A VM size; whether the region has it, only the service knows."""
    return "" if SIZE.fullmatch(text) else "A VM size is a name such as standard_d2s_v3."


def whole_number(least: int, most: int) -> Check:
    """Checks for a whole number in that range, both ends included."""

    def check(text: str) -> str:
        if re.fullmatch(r"-?\d{1,9}", text) and least <= int(text) <= most:
            return ""
        return f"A whole number from {least:,} to {most:,}."

    return check


def a_duration(text: str) -> str:
    """How long something may take."""
    try:
        duration(text)
    except DurationError as error:
        return f"{str(error)[:1].upper()}{str(error)[1:]}."
    return ""


def maybe_duration(text: str) -> str:
    """A duration, or nothing for no limit."""
    return a_duration(text) if text.strip() else ""


def a_moment(text: str, now: datetime) -> str:
    """A point in time as seen from `now`, or nothing."""
    try:
        if text.strip():
            moment(text, now)
    except MomentError as error:
        return f"{str(error)[:1].upper()}{str(error)[1:]}."
    return ""


def number(text: str) -> str:
    """Any number, such as 2 or 0.5."""
    return "" if re.fullmatch(r"-?\d+(\.\d+)?([eE]-?\d+)?", text) else "A number, such as 0.5."


def _odd(text: str, fine: str) -> str:
    """The first character that does not belong, so that the eye finds it."""
    odd = re.sub(fine, "", text)[:1]
    return "a space" if odd == " " else repr(odd)
