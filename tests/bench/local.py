"""The local account's figures, each beside what its peer reaches in the same run.

`python -m tests.bench local [--tasks N] [--processes N]`; the exit code is 1 if one is missed.
"""

import argparse
import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

from azure.batch import BatchClient, models
from azure.batch.aio import BatchClient as AsyncClient
from azure.core.credentials import AzureNamedKeyCredential

from tests.bench.account.figure import Figure, median, table
from tests.bench.account.server import Server, account, world, yes_man
from tests.local.batch import job_options, pool_options, task_options, until
from tests.local.conftest import KEY, connect
from tests.local.wire import ask

IDLE = 5.0
"""Seconds to watch an account that has nothing to do."""


async def run(tasks: int, processes: int) -> list[Figure]:
    """Measure everything with so many tasks, and so many of /bin/true."""
    with tempfile.TemporaryDirectory() as folder:
        async with account(Path(folder) / "account") as server, connect(server.endpoint) as client:
            started = Figure(
                "start to listening", f"{server.start:.2f} s", "", "< 1 s", server.start < 1
            )
            before = await counting(server, client)
            figures = [started, await adding(server, client, tasks)]
            figures += await listing(server, tasks)
            figures += [await filtering(server), await counts(server, before)]
            figures += [await idle(server)]
        async with account(Path(folder) / "real") as server, connect(server.endpoint) as client:
            figures.append(await true(client, Path(folder), processes))
        figures += await huge(Path(folder) / "huge")
    return figures


async def adding(server: Server, client: AsyncClient, tasks: int) -> Figure:
    """The SDK adds tasks, here and at a server that only says OK."""
    async with yes_man() as peer:
        there = await asyncio.to_thread(add, peer.endpoint, tasks)
    await client.create_job(job_options("many", "nowhere"))
    here = await asyncio.to_thread(add, server.endpoint, tasks)
    return Figure(
        f"add {tasks:,} tasks with the SDK",
        f"{here:,.0f}/s",
        f"{there:,.0f}/s, a server that only says OK",
        "half of that",
        here >= there / 2,
    )


def add(endpoint: str, number: int) -> float:
    """Tasks per second."""
    tasks = [task_options(f"t{n:07}", "/bin/true") for n in range(number)]
    with BatchClient(endpoint, AzureNamedKeyCredential("testacct", KEY)) as client:
        start = perf_counter()
        client.create_tasks("many", tasks)
        return number / (perf_counter() - start)


async def listing(server: Server, tasks: int) -> list[Figure]:
    """Pages of 1,000 at the beginning and at the end, seen from the client."""
    empty = await median(lambda: ask(server.endpoint, "GET", "/certificates"))
    brief = "/jobs/many/tasks?$select=id,state,stateTransitionTime"
    late = quote(f"id ge 't{tasks - 1000:07}'")
    figures = []
    for name, target, wanted in (
        ("page of 1,000, three members, first", brief, 5),
        ("the same, the last 1,000", f"{brief}&$filter={late}", 5),
        ("page of 1,000, in full", "/jobs/many/tasks", 30),
        ("the same, the last 1,000", f"/jobs/many/tasks?$filter={late}", 30),
    ):
        took = await median(partial(ask, server.endpoint, "GET", target)) - empty
        beside = f"{1000 * empty:.1f} ms for an empty list, taken off"
        figures.append(
            Figure(name, f"{1000 * took:.1f} ms", beside, f"< {wanted} ms", took < wanted / 1000)
        )
    return figures


async def filtering(server: Server) -> Figure:
    """How long others wait while somebody filters all tasks for what no index finds."""
    target = f"/jobs/many/tasks?$filter={quote('executionInfo/exitCode eq 77')}"
    quiet = await median(lambda: ask(server.endpoint, "GET", "/certificates"))
    worst = 0.0
    for _ in range(5):
        slow = asyncio.create_task(ask(server.endpoint, "GET", target))
        await asyncio.sleep(0)
        while not slow.done():
            worst = max(
                worst, await median(lambda: ask(server.endpoint, "GET", "/certificates"), 1)
            )
        await slow
    return Figure(
        "an empty list while all tasks are filtered",
        f"{1000 * worst:.0f} ms at worst",
        f"{1000 * quiet:.1f} ms with nothing else",
        "< 50 ms",
        worst < 0.05,
    )


async def counting(server: Server, client: AsyncClient) -> float:
    """Seconds for the counts of a job with one task."""
    await client.create_job(job_options("one", "nowhere"))
    await client.create_task("one", task_options("t"))
    return await median(lambda: ask(server.endpoint, "GET", "/jobs/one/taskcounts"))


async def counts(server: Server, few: float) -> Figure:
    many = await median(lambda: ask(server.endpoint, "GET", "/jobs/many/taskcounts"))
    beside = f"{1000 * few:.1f} ms with one task"
    return Figure(
        "task counts", f"{1000 * many:.1f} ms", beside, "the same", many < 2 * few + 0.005
    )


async def idle(server: Server) -> Figure:
    before = server.cpu()
    await asyncio.sleep(IDLE)
    share = (server.cpu() - before) / IDLE
    return Figure("an idle account", f"{share:.1%} of a core", "", "< 1 %", share < 0.01)


async def true(client: AsyncClient, folder: Path, processes: int) -> Figure:
    """Real processes, with all that a task has, and a bare loop that only starts them."""
    await client.create_pool(pool_options(task_slots_per_node=8))
    await client.create_job(job_options())
    await client.create_tasks("job", [task_options(f"t{n}", "/bin/true") for n in range(processes)])
    start = perf_counter()
    await client.begin_resize_pool("pool", models.BatchPoolResizeOptions(target_dedicated_nodes=1))
    await until(
        lambda: client.get_job_task_counts("job"),
        lambda found: found.task_counts.completed == processes,
        patience=600,
    )
    here = processes / (perf_counter() - start)
    there = await bare(folder, processes)
    return Figure(
        f"{processes:,} times /bin/true",
        f"{here:,.0f}/s",
        f"{there:,.0f}/s, a bare asyncio loop",
        "a quarter of that",
        here >= there / 4,
    )


async def huge(data_dir: Path) -> list[Figure]:
    """The world of a million tasks and ten thousand nodes, for as long as it takes to look."""
    async with world(data_dir, "huge") as server:
        await asyncio.sleep(IDLE)
        memory = server.memory()
    start, name = server.start, "a million tasks and 10,000 nodes"
    return [
        Figure(f"{name}: start", f"{start:.1f} s", "", "< 15 s", start < 15),
        Figure(f"{name}: memory", f"{memory:.2f} GB", "", "< 1 GB", memory < 1),
    ]


async def bare(folder: Path, processes: int) -> float:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.account.bare_loop", str(folder), str(processes)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return float(out)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench local")
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2_000)
    args = parser.parse_args()
    figures = asyncio.run(run(args.tasks, args.processes))
    sys.stdout.write(f"{table(figures)}\n")
    return 0 if all(one.met for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
