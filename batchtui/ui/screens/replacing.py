"""The question before files of this machine are replaced."""

import asyncio
from typing import Any

from textual.app import App

from batchtui.core.fetching import Fetch
from batchtui.core.wording import many, some
from batchtui.ui.screens.confirm import ConfirmScreen


async def may_write(app: App[Any], plan: Fetch) -> bool:
    """Whether nothing is there yet, or it may be replaced. To be awaited in a worker."""
    there = await asyncio.to_thread(plan.there_already)
    if not there:
        return True
    question = ConfirmScreen(
        f"Replace {many(len(there), 'file')}?",
        consequences=(f"There already: {some([path.name for path in there])}.",),
        yes="Replace",
        title="Download",
    )
    return await app.push_screen_wait(question)
