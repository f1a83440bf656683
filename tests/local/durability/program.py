"""A local account as `batchtui local` runs it, without Azurite: `python -m ... DATA_DIR KEY`.

Prints its endpoint when it answers, and serves until it is killed.
"""

import asyncio
import os
import sys
from pathlib import Path

from batchtui.local.account import TASKS_PER_CORE
from batchtui.local.agent.agent import Agent
from batchtui.local.datadir import DataDir
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.warden import start_warden


async def main(path: Path, key: str) -> None:
    directory = DataDir(path)
    directory.prepare()
    limit = TASKS_PER_CORE * (os.cpu_count() or 1)
    settings = Settings(
        account="testacct", key=key, data_dir=directory.path, boot=0, most_tasks=limit
    )
    with directory.lock():
        async with (
            start_warden(directory.path / "nodes", lock=directory.path / "warden") as warden,
            serve(settings, executor=Agent(watch=warden)) as endpoint,
        ):
            sys.stdout.write(f"{endpoint}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
