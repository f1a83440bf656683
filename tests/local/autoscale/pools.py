"""Pools that a formula scales, as the tests want them."""

from typing import Any

from azure.batch import models
from azure.batch.aio import BatchClient

from tests.local.batch import pool_options, until
from tests.local.wire import Answer, ask

FORMULA = "$TargetDedicatedNodes = 2;"
RESULTS = "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue"
"""What comes of it."""


def scaled(formula: str = FORMULA, **more: Any) -> models.BatchPoolCreateOptions:
    return pool_options(enable_auto_scale=True, auto_scale_formula=formula, **more)


def enabling(formula: str = FORMULA, **more: Any) -> models.BatchPoolEnableAutoScaleOptions:
    return models.BatchPoolEnableAutoScaleOptions(auto_scale_formula=formula, **more)


async def of_size(client: BatchClient, size: int) -> models.BatchPool:
    """Wait until the pool rests with so many dedicated nodes."""
    return await until(
        lambda: client.get_pool("pool"),
        lambda pool: pool.allocation_state == "steady" and pool.current_dedicated_nodes == size,
    )


async def enable(endpoint: str, **body: object) -> Answer:
    return await ask(endpoint, "POST", "/pools/pool/enableautoscale", body)
