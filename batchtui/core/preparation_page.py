"""How the preparation and release of a job went, as a person reads it."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from batchtui.core.gateway import Batch, GatewayError, PoolNodeFile
from batchtui.core.page import Line, Section
from batchtui.core.preparation_status import (
    JobPreparation,
    NodeTaskRun,
    PreparationStatus,
    failure_words,
)
from batchtui.core.tail import Tail, shown_lines
from batchtui.core.wording import in_time

LISTED = 50
"""Nodes that have a line of their own."""
KEPT = 4 * 1024
"""Bytes of the end of an error stream."""


class PreparationErrors(Struct, frozen=True):
    """What a failed preparation task wrote to stderr last, fit to be shown; empty for nothing."""

    node_id: str = ""
    text: str = ""
    trouble: str = ""
    """Why that cannot be read, a sentence; empty where it can."""


class PreparationErrorsLook:
    """Reads what the preparation wrote on the first node where it failed, once for each try."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._read: PreparationStatus | None = None
        self._errors = PreparationErrors()

    async def fetch(self, preparation: JobPreparation) -> PreparationErrors:
        first = next(iter(preparation.failed), None)
        if first is None or first.preparation is None:
            return PreparationErrors()
        if first != self._read:
            self._errors = await self._of(first, first.preparation)
            self._read = first
        return self._errors

    async def _of(self, node: PreparationStatus, run: NodeTaskRun) -> PreparationErrors:
        file = stderr_of(node, run)
        try:
            excerpt = await Tail(self._batch, file, keep=KEPT).read()
        except GatewayError as error:
            return PreparationErrors(node.node_id, trouble=str(error))
        return PreparationErrors(
            node.node_id, "\n".join(shown_lines(excerpt)).strip(), excerpt.missing
        )


def stderr_of(node: PreparationStatus, run: NodeTaskRun) -> PoolNodeFile:
    return PoolNodeFile(node.pool_id, node.node_id, f"{run.task_root_directory}/stderr.txt")


def preparation_sections(
    preparation: JobPreparation, errors: PreparationErrors, now: datetime
) -> tuple[Section, ...]:
    """How it went on each node, and what the first node where it failed says; none for no node."""
    nodes = preparation.nodes
    if not nodes:
        return ()
    lines = [_line(node, now) for node in nodes[:LISTED]]
    rest = len(nodes) - LISTED
    if rest > 0 or not preparation.complete:
        more = f"{rest:,} more" if preparation.complete else f"at least {rest:,} more"
        lines.append(Line("", f"and {more} nodes"))
    return (Section("Preparation and release", tuple(lines)), *_stderr(errors))


def preparation_trouble(preparation: JobPreparation) -> Iterator[Line]:
    """What is wrong, in a line; nothing where it failed on no node."""
    if words := failure_words(preparation.failed):
        yield Line("job preparation", words.removeprefix("preparation "), bad=True)


def _line(node: PreparationStatus, now: datetime) -> Line:
    parts = [
        f"{name} {run.words}{_time(run, now)}"
        for name, run in (("preparation", node.preparation), ("release", node.release))
        if run is not None
    ]
    bad = any(run is not None and run.failed for run in (node.preparation, node.release))
    return Line(node.node_id, " · ".join(parts), bad=bad)


def _time(run: NodeTaskRun, now: datetime) -> str:
    if run.start_time is None:
        return ""
    took = in_time((run.end_time or now) - run.start_time)
    return f", {took}"


def _stderr(errors: PreparationErrors) -> Iterator[Section]:
    if errors.node_id:
        text = errors.trouble or errors.text or "Nothing was written to stderr."
        yield Section(f"stderr of the preparation on {errors.node_id}", (Line("", text),))
