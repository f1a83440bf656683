"""How old what is on screen is, and when it is asked for again."""

import math
from collections.abc import Iterable
from typing import Any

from batchtui.core.feed import Feed

AGES = 0.5
"""Seconds after which shown ages are reckoned anew: they must not be a second behind."""


def age_of(feeds: Iterable[Feed[Any]]) -> int | None:
    """Whole seconds, rounded up, since the oldest of these was asked for; None before any was."""
    ages = [age for feed in feeds if (age := feed.age) is not None]
    return math.ceil(max(ages)) if ages else None


def next_try_of(feeds: Iterable[Feed[Any]]) -> int | None:
    """Whole seconds until the first of these that failed is asked again; None where none waits."""
    waits = [wait for feed in feeds if feed.reading.error and (wait := feed.next_in) is not None]
    return math.ceil(min(waits)) if waits else None
