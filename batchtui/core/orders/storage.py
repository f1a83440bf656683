"""What can be done to containers and blobs."""

from collections.abc import Sequence

from batchtui.core.gateway import Storage
from batchtui.core.losses import COUNTED
from batchtui.core.models import Blob, Container, Usage
from batchtui.core.orders.order import Order, Stake, gone
from batchtui.core.together import together
from batchtui.core.wording import in_bytes, many

LARGE = 1_000
"""Blobs from which deleting asks for more than a yes."""
LARGE_BYTES = 1_000_000_000
LOOKED_INTO = 20
"""Containers whose blobs are counted before the question settles for "at least"."""


def deleting_containers(storage: Storage) -> Order[Container]:
    """The order to delete containers."""

    async def lost(containers: Sequence[Container]) -> Stake:
        asked = containers[:LOOKED_INTO]
        windows = await together(
            *(storage.blobs(container.name, at_most=COUNTED) for container in asked)
        )
        usages = [Usage.of(window.items, complete=window.complete) for window in windows]
        count, size = sum(usage.blobs for usage in usages), sum(usage.size for usage in usages)
        whole = len(asked) == len(containers) and all(usage.complete for usage in usages)
        if not count and whole:
            return Stake(("It is empty." if len(containers) == 1 else "They are empty.",))
        least = "" if whole else "at least "
        it = "it" if len(containers) == 1 else "them"
        sentence = f"Deleted with {it}: {least}{many(count, 'blob')}, {in_bytes(size)}."
        return Stake((sentence,), count >= LARGE or size >= LARGE_BYTES)

    return Order(
        title="Delete container", ask="Delete {}?", yes="Delete", done="{} is deleted.",
        noun="container", name=lambda container: container.name,
        act=lambda container: gone(storage.delete_container(container.name)), stake=lost,
        wakes=("containers", "usage", "blobs"),
    )  # fmt: skip


def deleting_blobs(storage: Storage, container: str) -> Order[Blob]:
    """The order to delete blobs of a container."""

    async def lost(blobs: Sequence[Blob]) -> Stake:
        size = sum(blob.size for blob in blobs)
        sentence = f"{in_bytes(size)} in container {container}."
        return Stake((sentence,), len(blobs) >= LARGE or size >= LARGE_BYTES)

    return Order(
        title="Delete blob", ask="Delete {}?", yes="Delete", done="{} is deleted.",
        noun="blob", name=lambda blob: blob.name,
        act=lambda blob: gone(storage.delete_blob(container, blob.name)), stake=lost,
        wakes=("blobs", "usage"),
    )  # fmt: skip
