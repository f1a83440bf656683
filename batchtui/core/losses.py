"""What goes with a thing that is deleted: the sentences that the question must say."""

from batchtui.core.gateway import Batch, Storage
from batchtui.core.models import Usage
from batchtui.core.states import JobState, NodeState
from batchtui.core.together import together
from batchtui.core.wording import in_bytes, many, some

COUNTED = 5_000
"""Blobs counted before the question settles for "at least"."""


async def of_job(batch: Batch, job_id: str) -> tuple[str, ...]:
    """What is lost with a job."""
    counts = await batch.task_counts(job_id)
    if not counts.total:
        return ("It has no tasks.",)
    sentences = [f"Deleted with it: {many(counts.total, 'task')}, and their files on the nodes."]
    if counts.running:
        sentences.append(f"Still running, and ended: {many(counts.running, 'task')}.")
    if counts.active:
        sentences.append(f"Still waiting, and never run: {many(counts.active, 'task')}.")
    return tuple(sentences)


async def of_pool(batch: Batch, pool_id: str) -> tuple[str, ...]:
    """What is lost with a pool."""
    pool, jobs, counts = await together(batch.pool(pool_id), batch.jobs(), batch.node_counts())
    sentences = [
        f"Deleted with it: {many(pool.current_nodes, 'node')}, and every file on them."
        if pool.current_nodes
        else "It has no nodes."
    ]
    busy = sum(
        each.by_state().get(NodeState.RUNNING, 0) for each in counts if each.pool_id == pool_id
    )
    if busy:
        sentences.append(f"Busy now, their tasks interrupted: {many(busy, 'node')}.")
    stranded = [
        job.id for job in jobs if job.pool_id == pool_id and job.state is not JobState.COMPLETED
    ]
    if stranded:
        sentences.append(f"Left without a pool: {some(stranded)}.")
    return tuple(sentences)


async def of_container(storage: Storage, container: str) -> tuple[str, ...]:
    """What is lost with a container."""
    window = await storage.blobs(container, at_most=COUNTED)
    usage = Usage.of(window.items, complete=window.complete)
    if not usage.blobs:
        return ("It is empty.",)
    least = "" if usage.complete else "at least "
    return (f"Deleted with it: {least}{many(usage.blobs, 'blob')}, {in_bytes(usage.size)}.",)
