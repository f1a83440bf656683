"""Accounts in stepped time."""

from collections.abc import AsyncIterator

import pytest

from batchtui.local.server import serve
from batchtui.local.settings import Settings
from tests.local.fakes import FakeExecutor

from .stepped import StepPace


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> StepPace:
    pace = StepPace()
    monkeypatch.setattr("batchtui.local.world.world.SteadyPace", lambda: pace)
    return pace


@pytest.fixture
async def endpoint(
    pace: StepPace, settings: Settings, executor: FakeExecutor
) -> AsyncIterator[str]:
    async with serve(settings, executor=executor) as address:
        yield address
