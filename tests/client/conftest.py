from collections.abc import AsyncIterator

import pytest

from batchtui.client.connect import connect
from batchtui.core.gateway import Batch
from batchtui.core.profile import Profile
from batchtui.core.traffic import Traffic

from .canned import ACCOUNT, KEY, CannedBatch, canned_batch


@pytest.fixture
async def service() -> AsyncIterator[CannedBatch]:
    async with canned_batch() as service:
        yield service


@pytest.fixture
def profile(service: CannedBatch) -> Profile:
    return Profile("test", service.endpoint, ACCOUNT, KEY)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture
async def batch(profile: Profile, traffic: Traffic) -> AsyncIterator[Batch]:
    async with connect(profile, traffic) as gateway:
        yield gateway.batch
