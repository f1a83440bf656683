"""Brings an account into the situations that were recorded, at the api-version of the recording."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from tests.local.batch import until
from tests.local.wire import Answer, ask

Json = dict[str, Any]
Act = Callable[["Stage"], Awaitable[Answer]]

MACHINE = {
    "imageReference": {
        "publisher": "canonical",
        "offer": "0001-com-ubuntu-server-jammy",
        "sku": "22_04-lts",
    },
    "nodeAgentSKUId": "batch.node.ubuntu 22.04",
}
START = {"commandLine": "exit 0"}
FORMULA = "$TargetDedicatedNodes=0;"
SCHEDULE = {"jobSpecification": {"poolInfo": {"poolId": "nowhere"}}}
_numbers = itertools.count()


class Stage:
    """Requests at one api-version, about things with ids that are used once."""

    def __init__(self, endpoint: str, version: str) -> None:
        self._endpoint = endpoint
        self._version = f"api-version={version}"
        self.it = f"it{next(_numbers)}"

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await ask(self._endpoint, method, path, body, headers=named, version=self._version)

    async def pool(self, **more: Any) -> str:
        body = {"id": self.it, "vmSize": "a1", "virtualMachineConfiguration": MACHINE, **more}
        assert (await self.ask("POST", "/pools", body)).status == 201
        await self.until(f"/pools/{self.it}", "allocationState", "steady")
        return f"/pools/{self.it}"

    async def node(self, **more: Any) -> str:
        pool = await self.pool(targetDedicatedNodes=1, startTask=START, **more)
        (node,) = (await self.ask("GET", f"{pool}/nodes")).json["value"]
        path = f"{pool}/nodes/{node['id']}"
        await self.until(path, "state", "idle")
        return path

    async def job(self, **more: Any) -> str:
        body = {"id": self.it, "poolInfo": {"poolId": self.it}, **more}
        assert (await self.ask("POST", "/jobs", body)).status == 201
        return f"/jobs/{self.it}"

    async def task(self, command: str = "exit 0", **more: Any) -> str:
        """A task that nothing runs, unless there is a pool."""
        job = await self.job(**more)
        task = {"id": "t", "commandLine": command}
        assert (await self.ask("POST", f"{job}/tasks", task)).status == 201
        return f"{job}/tasks/t"

    async def ended_task(self, command: str = "exit 0") -> str:
        await self.node()
        task = await self.task(command)
        await self.until(task, "state", "completed")
        return task

    async def schedule(self, **more: Any) -> str:
        body = {"id": self.it, "schedule": {"recurrenceInterval": "PT1H"}, **SCHEDULE, **more}
        assert (await self.ask("POST", "/jobschedules", body)).status == 201
        return f"/jobschedules/{self.it}"

    async def until(self, path: str, member: str, value: str) -> None:
        await until(lambda: self.ask("GET", path), lambda seen: seen.json.get(member) == value)
