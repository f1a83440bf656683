"""Long names in few cells."""

ROOM = 12
"""Cells for a node's id in a table."""


def short_node(node_id: str, room: int = ROOM) -> str:
    """The id with its middle left out: its end tells dedicated nodes from spot nodes."""
    if len(node_id) <= room:
        return node_id
    return f"{node_id[: room - 3]}…{node_id[-2:]}"
