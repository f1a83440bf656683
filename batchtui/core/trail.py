"""The way that one took, there and back."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Trail(Generic[T]):
    """The places that one was at, as a browser keeps them."""

    MOST = 100

    def __init__(self) -> None:
        self._behind: list[T] = []
        self._ahead: list[T] = []

    def leave(self, here: T) -> None:
        """One goes from here to somewhere new."""
        if not self._behind or self._behind[-1] != here:
            self._behind = [*self._behind, here][-self.MOST :]
        self._ahead.clear()

    def back(self, here: T) -> T | None:
        """Where one was before; None at the beginning."""
        return _step(self._behind, self._ahead, here)

    def forward(self, here: T) -> T | None:
        """Where one came back from; None at the end."""
        return _step(self._ahead, self._behind, here)


def _step(from_: list[T], to: list[T], here: T) -> T | None:
    if not from_:
        return None
    to.append(here)
    return from_.pop()
