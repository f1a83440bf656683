"""The nodes of a scene at its beginning: who they are, and in which state."""

import hashlib
from collections.abc import Iterator

from batchtui.local.agent.failures import failure
from batchtui.local.simulated.dice import Dice
from batchtui.local.simulated.world_parts import PoolPart, StartTask
from batchtui.local.wire.body import convert
from batchtui.local.wire.pool_bodies import CreatePool
from batchtui.local.world.node import Json, Node, StartRun
from batchtui.local.world.pool import Pool
from batchtui.local.world.task import failure_info

SECOND = 1_000_000
USABLE = "idle"
_UNUSABLE = {
    "code": "NodePreparationError",
    "message": "An error occurred during node preparation. SIMULATED: so it is written in the"
    " world that is played here.",
}


def pool_of(part: PoolPart, born: int) -> Pool:
    """The pool as a client would have made it at that moment."""
    body: Json = {
        "id": part.id,
        "vmSize": part.vm_size,
        "virtualMachineConfiguration": {
            "imageReference": {
                "publisher": "canonical",
                "offer": "0001-com-ubuntu-server-jammy",
                "sku": "22_04-lts",
            },
            "nodeAgentSKUId": "batch.node.ubuntu 22.04",
        },
        "taskSlotsPerNode": part.slots,
        "taskSchedulingPolicy": {"nodeFillType": "Pack" if part.pack else "Spread"},
        "targetDedicatedNodes": part.dedicated,
        "targetLowPriorityNodes": part.spot,
    }
    if part.start_task:
        body["startTask"] = {
            "commandLine": part.start_task.command,
            "waitForSuccess": part.start_task.wait_for_success,
            "maxTaskRetryCount": part.start_task.retries,
        }
    return Pool(
        id=part.id,
        spec=convert(body, CreatePool).wire(),
        created=born,
        modified=born,
        changed=born,
        allocation_changed=born + round(part.boot.total_seconds()) * SECOND,
        target_dedicated=part.dedicated,
        target_spot=part.spot,
    )


def nodes_of(part: PoolPart, pool: Pool, now: int, seed: int) -> list[Node]:
    """Its nodes in no order that tells anything; those that can work are `idle`."""
    dice = Dice(seed)
    total = part.dedicated + part.spot
    by_chance = sorted(range(total), key=lambda number: dice.draw(part.id, "state", str(number)))
    # Only spot nodes can be preempted.
    spot = [number for number in by_chance if number >= part.dedicated][: part.states.preempted]
    taken = set(spot)
    others = [number for number in by_chance if number not in taken]
    states = dict(zip([*spot, *others], _states(part), strict=False))
    nodes = [
        _node(part, pool, number, states.get(number, USABLE), now, dice) for number in range(total)
    ]
    for node in _stuck(part, nodes):
        # It has been trying since shortly after the pool was made.
        node.changed = min(node.changed, node.allocated)
    return nodes


def stuck_of(part: PoolPart, nodes: list[Node]) -> list[str]:
    """The ids of those that never start."""
    return [node.id for node in _stuck(part, nodes)]


def _stuck(part: PoolPart, nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if node.state == "starting"][: part.stuck]


def _states(part: PoolPart) -> Iterator[str]:
    names = part.states.__struct_fields__
    for name in ("preempted", *(name for name in names if name != "preempted")):
        yield from [name] * getattr(part.states, name)


def _node(part: PoolPart, pool: Pool, number: int, state: str, now: int, dice: Dice) -> Node:
    dedicated = number < part.dedicated
    name = hashlib.sha256(f"{part.id}/{number}/{dice.draw(part.id)}".encode()).hexdigest()
    boot = round(part.boot.total_seconds() * SECOND)
    since, age, _, _ = dice.draw(part.id, "node", str(number))
    young = state in ("creating", "starting", "waitingforstarttask", "rebooting")
    changed = now - round(since * (boot if young else now - pool.created - boot))
    node = Node(
        id=f"tvmps_{name}_{'d' if dedicated else 'p'}",
        pool=pool.id,
        number=number + 1,
        dedicated=dedicated,
        state=state,
        changed=changed,
        scheduling="disabled" if state == "offline" else "enabled",
        allocated=min(pool.created + round(age * boot), changed),
    )
    if state in ("creating", "starting", "rebooting"):
        return node
    node.booted = min(node.allocated + boot, changed)
    if state == "unusable":
        node.errors = [_UNUSABLE]
    elif part.start_task:
        node.start_task = pool.spec["startTask"]
        node.start_run = _start_run(part.start_task, node, state, changed)
    return node


def _start_run(part: StartTask, node: Node, state: str, changed: int) -> StartRun:
    """How its start task fared, or fares."""
    seconds = part.duration.total_seconds()
    if state == "waitingforstarttask":
        return StartRun(started=changed)
    booted = node.booted or changed
    run = StartRun(started=booted, state="completed", ended=booted + round(seconds * SECOND))
    run.exit_code, run.result = 0, "success"
    if state == "starttaskfailed":
        run.started, run.ended = changed - round(seconds * SECOND), changed
        run.exit_code, run.result = part.exit_code, "failure"
        run.retries = part.retries
        message = "The task process exited with an unexpected exit code"
        run.failure = failure_info(failure("FailureExitCode", Message=message))
    return run
