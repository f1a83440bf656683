"""Many files up to a container and down again in bad weather."""

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from batchtui.core.download_plan import matching, plan_download
from batchtui.core.gateway import GatewayError, Storage
from batchtui.core.models import Blob
from batchtui.core.transfer import FailedPiece, Piece, Report, download_all, upload_all
from batchtui.local.faults.model import FaultSet
from tests.weather.account import WeatherAccount
from tests.weather.outcome import CellOutcome

SIZES = (0, 1, 55, 1000, 4096, 70_000, 2**20, 2**20 + 1, 5 * 2**20 + 3)
"""Bytes: around the largest single request of an upload, and that of a download."""
NAMES = ("plain.txt", "t.tar.gz", "größe ü.bin", "deep/er/file", "a+b %41.dat", "x.svgz")
TRIES = 3
"""How often what failed is tried at the most, in the weather and after it."""

TransferAll = Callable[[Storage, str, Sequence[Piece], Report], Awaitable[tuple[FailedPiece, ...]]]


class TransferProof:
    """Transfers on one account, one after another."""

    def __init__(self, folder: Path, account: WeatherAccount, storage: Storage) -> None:
        self._folder = folder
        self._account = account
        self._storage = storage
        self._count = 0

    async def outlast(self, faults: FaultSet, seed: int) -> CellOutcome:
        self._count += 1
        place = self._folder / f"transfer{self._count}"
        container = f"transfer-{self._count}"
        files = await asyncio.to_thread(_write_files, place / "up", seed)
        complaints: list[str] = []
        await self._account.blobs.create_container(container)
        began = time.monotonic()
        try:
            pieces = [Piece(file, name, file.stat().st_size) for name, file in files.items()]
            events = self._account.play(faults)
            failed = await self._until_through(upload_all, container, pieces)
            self._account.brighten()
            stored = await self._stored(container)
            complaints += _wrong(stored, _digests(files), {each.piece.blob for each in failed})
            fair = time.monotonic()
            # A connection that the weather reset may be found broken by one more request.
            failed = await self._until_through(
                upload_all, container, [each.piece for each in failed]
            )
            complaints += [f"In fair weather: {each.error}" for each in failed]
            recovery = time.monotonic() - fair
            complaints += _wrong(await self._stored(container), _digests(files), set())

            self._account.faults.load(faults)
            down = place / "down"
            plan = plan_download(await self._listed(container), down)
            complaints += [f"Skipped: {line}" for line in plan.lines]
            missing = files.keys() - {piece.blob for piece in plan.pieces}
            complaints += [f"{name} is stored, and not listed." for name in sorted(missing)]
            self._account.faults.load(faults)
            failed = await self._until_through(download_all, container, plan.pieces)
            self._account.brighten()
            struck = sum(1 for each in events if each.event == "answered" and each.faults)
            took = time.monotonic() - began - recovery
            complaints += _wrong(_on_disk(down), _digests(files), {f.piece.blob for f in failed})
            fair = time.monotonic()
            failed = await self._until_through(
                download_all, container, [each.piece for each in failed]
            )
            complaints += [f"In fair weather: {each.error}" for each in failed]
            recovery += time.monotonic() - fair
            wrong = _wrong(_on_disk(down), _digests(files), set())
            complaints += wrong
        finally:
            self._account.brighten()
            await self._account.inventory.clear()
        return CellOutcome(
            tuple(complaints),
            f"{len(files)} up, {len(plan.pieces)} down",
            struck=struck,
            took=took,
            recovery=recovery,
            lost=len(wrong),
        )

    async def _until_through(
        self, transfer: TransferAll, container: str, pieces: Sequence[Piece]
    ) -> tuple[FailedPiece, ...]:
        """Transfer, and try what failed again, alone; what has failed in the end."""
        failed = await self._once(transfer, container, pieces)
        for _ in range(TRIES - 1):
            if not failed:
                break
            failed = await self._once(transfer, container, [each.piece for each in failed])
        return failed

    async def _once(
        self, transfer: TransferAll, container: str, pieces: Sequence[Piece]
    ) -> tuple[FailedPiece, ...]:
        return await transfer(self._storage, container, pieces, lambda _: None)

    async def _listed(self, container: str) -> tuple[Blob, ...]:
        """What two listings in a row show in the weather; what one does in fair weather else."""
        before: tuple[Blob, ...] | None = None
        for _ in range(2 * TRIES):
            try:
                blobs = await matching(self._storage, container, "*")
            except GatewayError:
                continue
            if blobs == before:
                return blobs
            before = blobs
        self._account.brighten()
        return await matching(self._storage, container, "*")

    async def _stored(self, container: str) -> dict[str, str]:
        """The MD5 of each blob as the service has it, by name: of its bytes."""
        client = self._account.blobs.get_container_client(container)
        found = {}
        async for blob in client.list_blobs():
            stream = await client.download_blob(blob.name, decompress=False)
            found[blob.name] = _digest(await stream.readall())
        return found


def _write_files(folder: Path, seed: int) -> dict[str, Path]:
    """Files with all the sizes, two of each small one, by their blobs' names."""
    dice = random.Random(seed)
    files = {}
    for number, size in enumerate((*SIZES, *SIZES[:6])):
        name = f"{number}/{NAMES[number % len(NAMES)]}"
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(dice.randbytes(size))
        files[name] = file
    return files


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digests(files: dict[str, Path]) -> dict[str, str]:
    return {name: _digest(file.read_bytes()) for name, file in files.items()}


def _on_disk(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): _digest(file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file()
    }


def _wrong(found: dict[str, str], right: dict[str, str], failed: set[str]) -> list[str]:
    """What is there must be right; what is not there must be among the failed."""
    wrong = [f"{name} is not what was sent." for name in found if found[name] != right.get(name)]
    return wrong + [
        f"{name} is missing, and not among what failed."
        for name in right.keys() - found.keys() - failed
    ]
