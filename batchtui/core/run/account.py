"""The account as a run asks it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from batchtui.core.gateway import Batch, Gateway, Storage
from batchtui.core.run.errors import RunError
from batchtui.core.run.patience import Patience, Patient

T = TypeVar("T")


class RunAccount:
    """Every request of a run goes through here, and so outlasts trouble that may pass."""

    def __init__(self, gateway: Gateway, patience: Patience) -> None:
        self.patience = patience
        self._batch = Patient(gateway.batch, patience)
        self._storage = Patient(gateway.storage, patience) if gateway.storage else None
        self._no_storage = gateway.no_storage.removesuffix(".")

    @property
    def has_storage(self) -> bool:
        return self._storage is not None

    async def batch(self, request: Callable[[Batch], Awaitable[T]], *, long: bool = False) -> T:
        """What the Batch service answers. Raises `GatewayError`.

        A `long` request consists of many, or moves a file.
        """
        return await self._batch.ask(request, long=long)

    async def storage(self, request: Callable[[Storage], Awaitable[T]], *, long: bool = False) -> T:
        """What storage answers. Raises `GatewayError`, and `RunError` where there is none.

        A `long` request consists of many, or moves a file.
        """
        if self._storage is None:
            raise RunError(f"The recipe's containers need storage. {self._no_storage}.")
        return await self._storage.ask(request, long=long)
