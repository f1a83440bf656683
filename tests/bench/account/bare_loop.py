"""A bare asyncio loop that starts /bin/true: `python -m ...bare_loop FOLDER NUMBER`.

With the redirections of a task, in the task's order, and nothing else that a task has. Prints
how many it ran per second.
"""

import asyncio
import os
import sys
from pathlib import Path
from time import perf_counter

from batchtui.local.account import TASKS_PER_CORE

AT_ONCE = TASKS_PER_CORE * (os.cpu_count() or 1)


async def run(folder: Path) -> None:
    with (folder / "stdout.txt").open("wb") as out, (folder / "stderr.txt").open("wb") as err:
        process = await asyncio.create_subprocess_exec(
            "/bin/true",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            start_new_session=True,
        )
        await process.wait()


async def main(folder: Path, number: int) -> None:
    left = iter(range(number))

    async def work(place: Path) -> None:
        place.mkdir()
        for _ in left:
            await run(place)

    start = perf_counter()
    await asyncio.gather(*(work(folder / str(n)) for n in range(AT_ONCE)))
    sys.stdout.write(f"{number / (perf_counter() - start)}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
