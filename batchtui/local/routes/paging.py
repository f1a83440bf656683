"""Listing what is held in memory."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from batchtui.local.routes.call import Call
from batchtui.local.routes.replies import answer
from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.listing import LARGEST, choose, page, read
from batchtui.local.wire.matching import matches

Json = dict[str, Any]
T = TypeVar("T")


def page_of(
    call: Call,
    kind: str,
    things: Sequence[tuple[str, T]],
    properties: Mapping[str, Kind],
    *,
    get: Callable[[T, str], Value | None],
    show: Callable[[T], Json],
    largest: int = LARGEST,
) -> web.Response:
    """A page of things that are given with their places, in the order of these.

    `get` is asked for what a filter names, `show` renders what passes.
    """
    listing = read(call.query, properties, largest=largest)
    tree = listing.filter
    shown: list[Json] = []
    last = place = ""
    for place_, thing in things:
        if place_ <= listing.after:
            continue
        if tree and not matches(tree, partial(get, thing)):
            continue
        if len(shown) == listing.limit:
            last = place
            break
        shown.append(choose(call.spoken(show(thing)), listing.chosen))
        place = place_
    path = call.request.rel_url.raw_path
    return answer(200, page(kind, call.base, path, call.query, shown, last))
