"""Something that can be done to a thing, and how it is spoken of."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from batchtui.core.gateway import GatewayError
from batchtui.core.wording import many, some

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stake:
    """What an order costs, in sentences; `large` asks for more than a yes."""

    sentences: tuple[str, ...] = ()
    large: bool = False


GONE = frozenset(
    {
        "TaskNotFound",
        "JobNotFound",
        "PoolNotFound",
        "JobScheduleNotFound",
        "ContainerNotFound",
        "BlobNotFound",
        "TaskBeingDeleted",
        "JobBeingDeleted",
        "PoolBeingDeleted",
        "JobScheduleBeingDeleted",
        "ContainerBeingDeleted",
    }
)
"""The services' codes for what no longer exists, or soon will not."""


async def gone(deletion: Awaitable[None]) -> None:
    """Have a thing deleted; one that is gone already is.

    A DELETE may be repeated below the gateway: by the SDK, and by aiohttp where a connection broke
    that was open before. After an answer that was lost the repeat finds nothing.
    """
    try:
        await deletion
    except GatewayError as error:
        if error.code not in GONE:
            raise


async def nothing(_things: object) -> Stake:
    """The stake of an order that costs nothing."""
    return Stake()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[T]):
    """One thing or many get the same question and the same treatment."""

    title: str
    """`Delete pool`: heads the question and the news of how it went."""
    ask: str
    """`Delete {}?`: the question, where {} stands for `pool render` or for `3 pools`."""
    yes: str
    """The word on the button that does it."""
    done: str
    """`{} is going.`: what to say of one thing once the service agreed."""
    noun: str
    """What one such thing is called."""
    name: Callable[[T], str]
    act: Callable[[T], Awaitable[None]]
    """Raises `GatewayError` when it is refused."""
    stake: Callable[[Sequence[T]], Awaitable[Stake]] = nothing
    """Raises `GatewayError` when the service does not tell."""
    applies: Callable[[T], bool] = lambda _thing: True
    """Whether it makes sense for the thing as it was last seen."""
    unfit: str = "not in the state for it"
    """Why it does not apply where it does not: what such a thing is."""
    already: frozenset[str] = frozenset()
    """The service's codes for a thing that is so already: after an answer that was lost they tell
    that it was done."""
    wakes: tuple[str, ...] = ()
    """The feeds that show what became of it."""

    def question(self, things: Sequence[T]) -> str:
        """The question about these."""
        return self.ask.format(self.words(things))

    def words(self, things: Sequence[T]) -> str:
        """`pool render`, or `3 pools`."""
        if len(things) == 1:
            return f"{self.noun} {self.name(things[0])}"
        return many(len(things), self.noun)

    def names(self, things: Sequence[T]) -> str:
        """The first names in a row: of many things, the question says which."""
        return f"{some([self.name(thing) for thing in things], at_most=4)}."

    def told(self, thing: T) -> str:
        """That it was done to this one."""
        said = self.done.format(self.words([thing]))
        return said[:1].upper() + said[1:]

    def typed(self, things: Sequence[T]) -> str:
        """What somebody must type who really means it: the name, or how many there are."""
        return self.name(things[0]) if len(things) == 1 else self.words(things)
