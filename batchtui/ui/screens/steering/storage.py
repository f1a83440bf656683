"""Containers and blobs, steered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from batchtui.core.download_plan import DownloadPlan, file_name, matching, plan_download
from batchtui.core.gateway import GatewayError, Storage
from batchtui.core.models import Blob, Container
from batchtui.core.orders.storage import deleting_blobs, deleting_containers
from batchtui.core.transfer import Piece, save_all
from batchtui.core.wording import in_bytes, many
from batchtui.ui.screens.copied import CopiedScreen
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.fetch import FetchScreen, Wish
from batchtui.ui.screens.replacing import may_write
from batchtui.ui.screens.sas import BLOB_RIGHTS, CONTAINER_RIGHTS, Leave, SasScreen, in_words
from batchtui.ui.screens.transfer import transferred

Sign = Callable[[Leave], Awaitable[str]]


class ContainerSteering:
    """Carries out what the pane of containers asks for."""

    ALONE = frozenset({"download", "sas"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._till = Till(desk)

    async def take(self, order: str, containers: Sequence[Container], _about: str) -> None:
        storage = self._desk.controller.gateway.storage
        if storage is None or not containers:
            return
        name = containers[0].name
        match order:
            case "delete":
                await self._desk.carry_out(deleting_containers(storage), containers)
            case "download":
                await self._till.download(storage, name)
            case "sas":
                await self._till.sign(
                    f"container {name}",
                    CONTAINER_RIGHTS,
                    lambda leave: storage.container_url(
                        name, rights=leave.rights, lasting=leave.lasting
                    ),
                )


class BlobSteering:
    """Carries out what the pane of blobs asks for; `about` is their container."""

    ALONE = frozenset({"sas"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._till = Till(desk)

    async def take(self, order: str, blobs: Sequence[Blob], about: str) -> None:
        storage = self._desk.controller.gateway.storage
        if storage is None:
            return
        match order, blobs:
            case "download", (blob,):
                await self._till.save(about, blob)
            case "download", _:
                await self._till.download(storage, about, blobs)
            case "delete", (_, *_):
                await self._desk.carry_out(deleting_blobs(storage, about), blobs)
            case "sas", (blob, *_):
                await self._till.sign(
                    f"blob {blob.name}",
                    BLOB_RIGHTS,
                    lambda leave: storage.blob_url(
                        about, blob.name, lasting=leave.lasting, rights=leave.rights
                    ),
                )


class Till:
    """Where blobs are handed out: as files, or as URLs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def sign(self, what: str, rights: tuple[tuple[str, str], ...], sign: Sign) -> None:
        """Have a URL sent to the clipboard, and shown or saved where the user wants that."""
        heading = f"URL of {what}"
        url = ""

        async def make(leave: Leave) -> None:
            nonlocal url
            url = await sign(leave)

        leave = await self._desk.app.push_screen_wait(SasScreen(heading, rights).doing(make))
        if leave is None:
            return
        self._desk.app.copy_to_clipboard(url)
        until = datetime.now().astimezone() + leave.lasting
        allowed = in_words(rights, leave.rights)
        about = f"Anyone with this URL can {allowed} until {until:%d %b %H:%M}."
        self._desk.app.push_screen(CopiedScreen(heading, url, about=about))

    async def save(self, container: str, blob: Blob) -> None:
        """Download one blob into the current folder."""
        target = Path.cwd() / file_name(blob.name)
        plan = DownloadPlan((Piece(target, blob.name, blob.size),))
        if await may_write(self._desk.app, plan):
            await self._fetch(plan, container, f"Saved as {target}.")

    async def download(self, storage: Storage, container: str, chosen: Sequence[Blob] = ()) -> None:
        """Download the chosen blobs, or those of a pattern; the tree is kept."""
        which = many(len(chosen), "blob") if chosen else "blobs"
        form = FetchScreen(
            f"Download {which} of {container}",
            Path.cwd() / container,
            pattern=None if chosen else "*",
        )
        plan = DownloadPlan()

        async def plan_it(wish: Wish) -> bool:
            nonlocal plan
            blobs = chosen or await matching(storage, container, wish.pattern)
            plan = await asyncio.to_thread(plan_download, blobs, wish.folder)
            if not plan.pieces and not plan.skipped:
                raise GatewayError(f"No blob of {container} fits {wish.pattern}")
            return await may_write(self._desk.app, plan)

        wish = await self._desk.app.push_screen_wait(form.doing(plan_it))
        if wish is None:
            return
        count, size = many(len(plan.pieces), "file"), in_bytes(plan.size)
        await self._fetch(plan, container, f"{count}, {size}, saved in {wish.folder}.")

    async def _fetch(self, plan: DownloadPlan, container: str, done: str) -> None:
        await transferred(
            self._desk.app,
            f"Download from {container}",
            plan.pieces,
            lambda piece, received: self._desk.controller.download(container, piece, received),
            done=done,
            move_all=save_all,
            skipped=plan.lines,
        )
