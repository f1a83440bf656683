"""A scene: a world file that is being played."""

from pathlib import Path

from aiohttp import web

from batchtui.local.nodes import Site
from batchtui.local.pace import Pace
from batchtui.local.simulated.beginning import Beginning
from batchtui.local.simulated.behaviour import Behaviour
from batchtui.local.simulated.executor import SimulatedExecutor
from batchtui.local.simulated.output import blob_text
from batchtui.local.simulated.preemptions import preempt_nodes
from batchtui.local.simulated.site import SimulatedSite
from batchtui.local.simulated.world_file import NUMBER
from batchtui.local.simulated.world_parts import WorldFile
from batchtui.local.wire.times import http_date
from batchtui.local.world.rules import Rules

HEADER = "Batchtui-Simulated"
"""On every answer of an account that is played; its value is the world's name."""


class SimulatedScene:
    """What an account stands on where no process is ever started."""

    def __init__(self, world: WorldFile, pace: Pace) -> None:
        self.world = world
        self.pace = pace
        self._behaviour = Behaviour(world)
        self.executor = SimulatedExecutor(self._behaviour, pace)
        self._stuck: set[str] = set()

    def lay_out(self, database: Path) -> None:
        """Write the database as it is at the beginning, over any that is there."""
        beginning = Beginning(self.world, self._behaviour, self.pace.time_ns() // 1000)
        beginning.write(database)
        self._stuck = beginning.stuck

    async def fill(self, address: str, account: str, key: str) -> None:
        """Make the world's containers in the storage account at that address."""
        # The storage SDK takes a quarter of a second to import.
        from batchtui.local.agent.filling import fill_container

        for part in self.world.containers:
            width = len(str(part.blobs))
            names = [part.blob.replace(NUMBER, f"{n:0{width}}") for n in range(1, part.blobs + 1)]
            blobs = [(name, blob_text(name, part.size)) for name in names]
            await fill_container(address, account, key, part.id, blobs)

    def site(self, site: Site) -> Site:
        """The same place, with files that appear when they are looked at."""
        return SimulatedSite(
            data_dir=site.data_dir,
            account=site.account,
            endpoint=site.endpoint,
            behaviour=self._behaviour,
            pace=self.pace,
            stuck=self._stuck,
        )

    def begin(self, rules: Rules) -> None:
        """Take the account up where the scene begins, and play on."""
        self.executor.attend(rules.world)
        rules.carry_on()
        for part in self.world.pools:
            if part.preemptions and part.spot:
                rules.world.spawn(preempt_nodes(part, self._behaviour, rules, self.pace))

    async def sign(self, request: web.Request, response: web.StreamResponse) -> None:
        """Say on an answer that it is simulated, and what the time is here."""
        response.headers[HEADER] = self.world.name
        response.headers["Date"] = http_date(self.pace.time_ns() // 1000)
