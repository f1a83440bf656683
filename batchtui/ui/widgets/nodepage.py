"""Everything about one node, in lines."""

import textwrap
from collections.abc import Iterator

from batchtui.core.models import NameValue, Node, TaskExecution
from batchtui.core.redact import redacted
from batchtui.core.states import Result
from batchtui.core.stuck import BROKEN, advice
from batchtui.core.wording import in_time
from batchtui.ui.widgets.nodelines import since_words, start_task_failure, state_words
from batchtui.ui.widgets.tiles import Lens
from batchtui.ui.widgets.times import ago
from batchtui.ui.widgets.tones import Spans, Tone

LABEL = 12


def node_page(node: Node, lens: Lens, width: int) -> tuple[Spans, ...]:
    """What is the matter with it, its errors, how it fares, its start task.

    Sentences are broken so that they stand beside their label in so many cells.
    """
    lines = (*_trouble(node, lens), *_start_task(node.start_task_info, lens), *_facts(node, lens))
    return tuple(part for line in lines for part in _broken(line, width))


def _trouble(node: Node, lens: Lens) -> Iterator[Spans]:
    what = advice(node, lens.now)
    if what:
        tone = Tone.BAD if node.state in BROKEN else Tone.WARNING
        yield ((what, tone),)
    for error in node.errors:
        yield _line("error", ((f"{error.code}: {redacted(error.message)}", Tone.BAD),))
        yield from _details(error.error_details)
    if what or node.errors:
        yield ()


def _facts(node: Node, lens: Lens) -> Iterator[Spans]:
    yield _line("state", (*state_words(node), ("  ", Tone.PLAIN), *since_words(node, lens)))
    kind = "dedicated" if node.is_dedicated else "spot"
    yield _line("machine", ((f"{kind}  {node.vm_size.lower()}  {node.ip_address}", Tone.PLAIN),))
    used = node.running_task_slots_count
    yield _line("slots", ((f"{used} of {lens.slots} in use", Tone.PLAIN),))
    failed = node.total_tasks_run - node.total_tasks_succeeded
    ran = f"{node.total_tasks_run:,} so far"
    if node.total_tasks_succeeded and failed > node.running_tasks_count:
        ran += f", {node.total_tasks_succeeded:,} of them succeeded"
    yield _line("tasks", ((ran, Tone.PLAIN),))
    for label, moment in (("allocated", node.allocation_time), ("booted", node.last_boot_time)):
        if moment is not None:
            yield _line(label, ((f"{ago(moment, lens.now)} ago", Tone.PLAIN),))
    yield _line("id", ((node.id, Tone.MUTED),))


def _start_task(ran: TaskExecution | None, lens: Lens) -> Iterator[Spans]:
    if ran is None:
        return
    yield _line("start task", _fate(ran, lens))
    if ran.failure_info is not None:
        yield from _details(ran.failure_info.details)


def _fate(ran: TaskExecution, lens: Lens) -> Spans:
    failed = start_task_failure(ran)
    tries = f", retried {ran.retry_count} times" if ran.retry_count else ""
    if failed:
        return ((redacted(failed.removeprefix("start task ")) + tries, Tone.BAD),)
    if ran.result is Result.SUCCESS:
        took = in_time(ran.end_time - ran.start_time) if ran.end_time and ran.start_time else ""
        return ((f"✓ succeeded in {took}{tries}" if took else f"✓ succeeded{tries}", Tone.GOOD),)
    return ((f"▶ has run for {ago(ran.start_time, lens.now)}{tries}", Tone.ACTIVE),)


def _details(details: tuple[NameValue, ...]) -> Iterator[Spans]:
    for detail in details:
        text = f"{detail.name}: {redacted(detail.value)}" if detail.name else detail.value
        yield _line("", ((text, Tone.MUTED),))


def _broken(line: Spans, width: int) -> Iterator[Spans]:
    """A sentence behind its label, in as many lines as it takes."""
    if len(line) != 2:
        yield line
        return
    (label, muted), (text, tone) = line
    first, *rest = textwrap.wrap(text, max(20, width - LABEL)) or [""]
    yield (label, muted), (first, tone)
    for row in rest:
        yield (" " * LABEL, muted), (row, tone)


def _line(label: str, spans: Spans) -> Spans:
    return ((label.ljust(LABEL), Tone.MUTED), *spans)
