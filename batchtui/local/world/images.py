"""The images that nodes can be made from. They name what scripts ask for; the node is this machine.

Publisher, offer, SKU, node agent and verification are those of Azure Batch's Linux images.
"""

from typing import Any

from batchtui.local.errors import invalid_property
from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.pool_bodies import VirtualMachine

Json = dict[str, Any]

FILTERS = {
    "osType": Kind.WORD,
    "verificationType": Kind.WORD,
    "nodeAgentSKUId": Kind.WORD,
}

# Publisher, offer, SKU, node agent, verified.
_IMAGES = (
    ("almalinux", "almalinux-x86_64", "8-gen2", "batch.node.el 8", False),
    ("almalinux", "almalinux-x86_64", "9-gen2", "batch.node.el 9", False),
    ("canonical", "0001-com-ubuntu-server-focal", "20_04-lts", "batch.node.ubuntu 20.04", True),
    ("canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "batch.node.ubuntu 22.04", True),
    ("canonical", "ubuntu-24_04-lts", "server", "batch.node.ubuntu 24.04", True),
    ("canonical", "ubuntuserver", "18.04-lts", "batch.node.ubuntu 18.04", False),
    ("debian", "debian-11", "11", "batch.node.debian 11", False),
    ("debian", "debian-12", "12", "batch.node.debian 12", False),
    ("microsoft-dsvm", "ubuntu-hpc", "2204", "batch.node.ubuntu 22.04", False),
)


def supported() -> list[Json]:
    """All images as the service answers them, by publisher, offer and SKU."""
    return [
        {
            "imageReference": {
                "publisher": publisher,
                "offer": offer,
                "sku": sku,
                "version": "latest",
            },
            "verificationType": "verified" if verified else "unverified",
            "nodeAgentSKUId": agent,
            "osType": "linux",
        }
        for publisher, offer, sku, agent, verified in _IMAGES
    ]


def filtered(image: Json, name: str) -> Value | None:
    """The value of a property that a filter may name."""
    return str(image[name])


def node_agent_skus() -> list[Json]:
    """The images by their node agents, as the service answered them until 2018."""
    agents: dict[str, list[Json]] = {}
    for image in supported():
        of_agent = agents.setdefault(image["nodeAgentSKUId"], [])
        if image["verificationType"] == "verified":
            of_agent.append(image["imageReference"])
    return [
        {"id": agent, "verifiedImageReferences": images, "osType": "linux"}
        for agent, images in sorted(agents.items())
    ]


def filtered_agent(agent: Json, name: str) -> Value | None:
    """The value of the one property that a filter of node agents may name."""
    return str(agent[name])


def check_image(machine: VirtualMachine) -> None:
    """400 for an image that there is none of, or a node agent that does not go with it."""
    image = machine.image_reference
    wanted = (str(image.publisher).lower(), str(image.offer).lower(), str(image.sku).lower())
    agents = [agent for *names, agent, _ in _IMAGES if tuple(names) == wanted]
    if not agents:
        raise invalid_property(
            "imageReference",
            f"The specified imageReference with publisher {image.publisher} offer {image.offer}"
            f" sku {image.sku} is not supported.",
        )
    if machine.node_agent_sku_id.lower() not in agents:
        raise invalid_property(
            "nodeAgentSKUId",
            f"The specified nodeAgentSKUId does not go with the image: it needs {agents[0]}.",
            machine.node_agent_sku_id,
        )
