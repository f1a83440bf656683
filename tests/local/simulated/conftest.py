"""Scenes that are served, and clients of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from azure.batch.aio import BatchClient

from batchtui.local.pace import Pace, SteadyPace
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.simulated.scene import SimulatedScene
from batchtui.local.simulated.world_file import numbered
from batchtui.local.simulated.world_parts import WorldFile
from tests.local.conftest import connect

Play = Callable[..., AbstractAsyncContextManager[BatchClient]]


@pytest.fixture
def play(settings: Settings) -> Play:
    @asynccontextmanager
    async def playing(world: WorldFile, pace: Pace | None = None) -> AsyncIterator[BatchClient]:
        scene = SimulatedScene(numbered(world), pace or SteadyPace())
        async with (
            serve(settings, executor=scene.executor, scene=scene) as endpoint,
            connect(endpoint) as client,
        ):
            yield client

    return playing
