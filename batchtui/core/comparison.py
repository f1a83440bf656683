"""Two things, read beside each other again and again."""

from batchtui.core.cleaning import cleaned
from batchtui.core.controller import Controller
from batchtui.core.differences import Member, compared
from batchtui.core.dossier import whole
from batchtui.core.feed import Feed
from batchtui.core.things import Document, Thing
from batchtui.core.together import together


def comparison(controller: Controller, one: Thing, other: Thing) -> Feed[tuple[Member, ...]]:
    """A feed on what two things of a kind have in common, and what not; without secrets."""
    gateway, feeds = controller.gateway, controller.feeds

    async def fetch() -> tuple[Member, ...]:
        left, right = await together(whole(gateway, one), whole(gateway, other))
        return compared(_shown(left, one), _shown(right, other))

    return Feed(fetch, (), every=feeds.every * 2, traffic=feeds.traffic)


def _shown(document: Document, thing: Thing) -> Document:
    """Without secrets, and without the name where that is the id, which the titles say."""
    named = document.get("name") == thing.id
    return {
        name: value for name, value in cleaned(document).items() if not (named and name == "name")
    }
