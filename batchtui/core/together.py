"""Several requests at once."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar, overload

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
T = TypeVar("T")


@overload
async def together(a: Awaitable[A], b: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def together(a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], /) -> tuple[A, B, C]: ...
@overload
async def together(
    a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], d: Awaitable[D], e: Awaitable[E], /
) -> tuple[A, B, C, D, E]: ...
@overload
async def together(*all_of: Awaitable[T]) -> tuple[T, ...]: ...
async def together(*all_of: Awaitable[Any]) -> tuple[Any, ...]:
    """The answers in order, or the first error. When it is raised, nothing is asked any more."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_of(each)) for each in all_of]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return tuple(task.result() for task in tasks)


async def _of(one: Awaitable[T]) -> T:
    return await one
