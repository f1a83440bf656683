"""What was asked of the fake account, and what is to go wrong."""

import asyncio

from batchtui.core.gateway import GatewayError


def refused(sentence: str, *, status: int = 409, code: str = "") -> GatewayError:
    """An answer of the service that says no."""
    return GatewayError(sentence, status=status, code=code)


def unreachable(sentence: str = "Could not reach the service: connection refused") -> GatewayError:
    """No answer at all."""
    return GatewayError(sentence)


class Hold:
    """A call that waits: `reached` is set once it was made, and it goes on after `release()`."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._go = asyncio.Event()

    def release(self) -> None:
        self._go.set()

    async def wait(self) -> None:
        self.reached.set()
        await self._go.wait()


class Calls:
    """Every call as `name arguments`, in order: `made[0] == "create_container topn-input"`."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._failures: dict[str, list[GatewayError]] = {}
        self._down: GatewayError | None = None
        self._bad: dict[str, GatewayError] = {}
        self._holds: dict[str, Hold] = {}
        self._held_answers: dict[str, Hold] = {}
        self._lost: dict[str, list[GatewayError]] = {}

    def fail(self, name: str, error: GatewayError, *, times: int = 1) -> None:
        """Let the next `times` calls of the method `name` raise `error`."""
        self._failures.setdefault(name, []).extend([error] * times)

    def lose(self, name: str, error: GatewayError, *, times: int = 1) -> None:
        """Let the next `times` calls of the method `name` do their work, and then raise `error`."""
        self._lost.setdefault(name, []).extend([error] * times)

    def fail_at(self, call: str, error: GatewayError) -> None:
        """Let every call that begins so (`task_counts job-1`) raise `error`."""
        self._bad[call] = error

    def mend(self) -> None:
        """Let nothing fail that `fail_at` had fail."""
        self._bad.clear()

    def succeed(self, name: str) -> None:
        """Let the method `name` fail no more."""
        self._failures.pop(name, None)

    def down(self, error: GatewayError | None) -> None:
        """Let every call raise `error`, until called with None."""
        self._down = error

    def hold(self, name: str) -> Hold:
        """Let the next call of the method `name` wait until it is released."""
        self._holds[name] = Hold()
        return self._holds[name]

    def hold_answer(self, name: str) -> Hold:
        """Let the next call of the method `name` do its work, and wait before it answers."""
        self._held_answers[name] = Hold()
        return self._held_answers[name]

    def count(self, name: str) -> int:
        """How often the method `name` was called."""
        return sum(call.split(" ", 1)[0] == name for call in self.made)

    async def note(self, name: str, *arguments: object) -> None:
        """A fake's method was called: record it, then hold or fail it as the test wants."""
        made = " ".join([name, *map(str, arguments)])
        self.made.append(made)
        await asyncio.sleep(0)
        hold = self._holds.pop(name, None)
        if hold is not None:
            await hold.wait()
        if self._down is not None:
            raise self._down
        for call, error in self._bad.items():
            if f"{made} ".startswith(f"{call} "):
                raise error
        waiting = self._failures.get(name)
        if waiting:
            raise waiting.pop(0)

    async def answer(self, name: str) -> None:
        """A fake's method has done its work: hold or lose the answer as the test wants."""
        hold = self._held_answers.pop(name, None)
        if hold is not None:
            await hold.wait()
        lost = self._lost.get(name)
        if lost:
            raise lost.pop(0)
