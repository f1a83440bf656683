"""Single requests in which the versions of the first generation differ.

python -m tests.clients.scripts.track1_versions images|slots|statistics|certificates
"""

import sys
from typing import Any

from tests.clients.scripts.steps import report
from tests.clients.scripts.track1 import connected, machine, models


def images(client: Any) -> None:
    """The node agents that go with the service's images."""
    if hasattr(client.account, "list_node_agent_skus"):
        report(agents=[sku.id for sku in client.account.list_node_agent_skus()])
    else:
        images = client.account.list_supported_images()
        report(agents=[image.node_agent_sku_id for image in images])


def slots(client: Any) -> None:
    """How many tasks a node of a pool takes, by the name that this version has for it."""
    name = f"slots-{client.api_version[:7]}"
    known = "task_slots_per_node" in models.PoolAddParameter._attribute_map
    member = "task_slots_per_node" if known else "max_tasks_per_node"
    pool = models.PoolAddParameter(
        id=name,
        vm_size="STANDARD_D2S_V3",
        virtual_machine_configuration=machine(),
        **{member: 4},
    )
    client.pool.add(pool)
    report(slots=getattr(client.pool.get(name), member))


def statistics(client: Any) -> None:
    """Whether there are statistics over the account's life."""
    pools = client.pool.get_all_lifetime_statistics()
    jobs = client.job.get_all_lifetime_statistics()
    report(pools=pools.start_time is not None, jobs=jobs.start_time is not None)


def certificates(client: Any) -> None:
    """What an account says that has no certificates."""
    try:
        client.certificate.get("sha1", "0" * 40)
    except models.BatchErrorException as error:
        report(listed=len(list(client.certificate.list())), code=error.error.code)


QUESTIONS = {
    "images": images,
    "slots": slots,
    "statistics": statistics,
    "certificates": certificates,
}

if __name__ == "__main__":
    QUESTIONS[sys.argv[1]](connected())
