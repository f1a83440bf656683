"""Blob containers by address, as a node reaches them: with a SAS and nothing else."""

import ipaddress
from urllib.parse import urlsplit

from azure.storage.blob.aio import ContainerClient, LinearRetry

USER_AGENT = "batchtui-node"
"""How nodes call themselves, so that their requests can be told from a client's in a log."""
BLOCK = 1 << 20
"""Bytes per request when uploading, so that no large file is held in memory; aiohttp warns that
a larger body of bytes might hold up the event loop."""


def container(url: str) -> ContainerClient:
    """A client of the container at a SAS address; use it as an async context manager."""
    return ContainerClient.from_container_url(
        url,
        use_env_settings=not is_loopback(url),
        user_agent=USER_AGENT,
        max_block_size=BLOCK,
        max_single_put_size=BLOCK,
        # Whoever asks repeats the whole (patience.py): a body that was sent in part cannot be.
        retry_policy=LinearRetry(retry_total=0),
    )


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine, where the user's proxy has no business."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
