"""What an account may be given instead of the world as it is."""

from pathlib import Path
from typing import Protocol

from aiohttp import web

from batchtui.local.nodes import Site
from batchtui.local.pace import Pace
from batchtui.local.world.rules import Rules


class Scene(Protocol):
    """A play that takes the place of time, of the nodes' folders, and of the account's past."""

    @property
    def pace(self) -> Pace: ...

    def lay_out(self, database: Path) -> None:
        """Write the account's database as the scene begins. Raises StoreError."""
        ...

    def site(self, site: Site) -> Site:
        """The nodes' folders, as the scene shows them."""
        ...

    def begin(self, rules: Rules) -> None:
        """Take up what the store holds, and play on."""
        ...

    async def sign(self, request: web.Request, response: web.StreamResponse) -> None:
        """Say on each answer that this is a play."""
        ...
