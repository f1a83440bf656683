"""The question before something of the same name is replaced."""

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.app import App

from batchtui.core.download_plan import DownloadPlan
from batchtui.core.wording import many, some
from batchtui.ui.screens.confirm import ConfirmScreen


async def may_write(app: App[Any], plan: DownloadPlan) -> bool:
    """Whether no file is there yet, or it may be replaced. To be awaited in a worker."""
    there = await asyncio.to_thread(plan.existing)
    return await may_replace(app, [path.name for path in there], noun="file", title="Download")


async def may_replace(
    app: App[Any], names: Sequence[str], *, noun: str, title: str, place: str = "", lost: str = ""
) -> bool:
    """Whether nothing has such a name, or it may be replaced. To be awaited in a worker.

    `place` says where they are, ` of logs`; `lost` is a sentence on what is lost with them.
    """
    if not names:
        return True
    question = ConfirmScreen(
        f"Replace {many(len(names), noun)}{place}?",
        consequences=(f"There already: {some(names)}. {lost}".rstrip(),),
        yes="Replace",
        title=title,
    )
    return await app.push_screen_wait(question)
