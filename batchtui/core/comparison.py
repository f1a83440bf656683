"""Two things, read beside each other again and again."""

import asyncio

from batchtui.core.cleaning import cleaned
from batchtui.core.controller import Controller
from batchtui.core.differences import Member, compared
from batchtui.core.feed import Feed
from batchtui.core.things import Thing


def comparison(controller: Controller, one: Thing, other: Thing) -> Feed[tuple[Member, ...]]:
    """A feed on what two things of a kind have in common, and what not; without secrets."""
    batch, feeds = controller.gateway.batch, controller.feeds

    async def fetch() -> tuple[Member, ...]:
        left, right = await asyncio.gather(batch.document(one), batch.document(other))
        return compared(cleaned(left), cleaned(right))

    return Feed(fetch, (), every=feeds.every * 2, traffic=feeds.traffic)
