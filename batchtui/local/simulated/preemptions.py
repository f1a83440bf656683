"""Takes spot nodes away, as often as a world says."""

from batchtui.local.pace import Pace
from batchtui.local.simulated.behaviour import Behaviour
from batchtui.local.simulated.world_parts import PoolPart
from batchtui.local.world.node import Node
from batchtui.local.world.rules import Rules

_TAKEN = frozenset(("idle", "running"))
_LOOK_AGAIN = 60.0
"""Seconds after which a pool without spot nodes is looked at again."""


async def preempt_nodes(part: PoolPart, behaviour: Behaviour, rules: Rules, pace: Pace) -> None:
    """Preempt nodes of a pool until the pool is gone."""
    key, number = part.id.lower(), 0
    while key in rules.world.pools:
        spot = _spot_nodes(rules, key)
        if not spot:
            await pace.sleep(_LOOK_AGAIN)
            continue
        seconds, which = behaviour.next_preemption(key, number)
        await pace.sleep(seconds / len(spot))
        number += 1
        # Those that there were may have gone meanwhile.
        if left := _spot_nodes(rules, key):
            rules.incidents.preempt(left[int(which * len(left))])


def _spot_nodes(rules: Rules, pool: str) -> list[Node]:
    fleet = rules.world.fleets.get(pool, ())
    return [node for node in fleet if not node.dedicated and node.state in _TAKEN]
