"""Which blobs an upload would replace."""

from collections.abc import Sequence

from batchtui.core.gateway import GatewayError, Storage
from batchtui.core.together import together

FEW = 20
"""Blobs up to which each is asked for; for more, the container is listed."""


async def replaced(storage: Storage, container: str, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that blobs of the container have already."""
    if len(names) > FEW:
        window = await storage.blobs(container)
        known = {blob.name for blob in window.items}
        return tuple(name for name in names if name in known)

    async def there(name: str) -> bool:
        try:
            await storage.blob_state(container, name)
        except GatewayError as error:
            if error.missing:
                return False
            raise
        return True

    found = await together(*map(there, names))
    return tuple(name for name, is_there in zip(names, found, strict=True) if is_there)
