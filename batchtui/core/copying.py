"""The tasks of one job, added to another: an `Undertaking` that holds a page of them at a time."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from batchtui.core.bulk import Fate, Item, patiently
from batchtui.core.clone import clone
from batchtui.core.copies import Documents, Refusal
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.traffic import Traffic

MOST_REFUSED = 1_000
"""Refused tasks after which something is wrong with the job rather than with them."""
THERE = "TaskExists"


async def nothing_more() -> None:
    """What is left to do after the last task where nothing is."""


class Copying:
    """Copies the tasks page by page; a busy service only slows it down.

    A task that the target has already counts as copied: it is one that an interrupted request
    added. What the target's own job manager task is called is left out, for it makes its own.
    """

    def __init__(
        self,
        batch: Batch,
        source: str,
        target: str,
        *,
        total: int,
        traffic: Traffic,
        manager: str = "",
        finish: Callable[[], Awaitable[None]] = nothing_more,
    ) -> None:
        """`total` is how many tasks the source has, as far as known; `finish` is called once all
        of them are there."""
        self.told: Callable[[], None] = lambda: None
        self._batch = batch
        self._source = source
        self._target = target
        self._total = total
        self._traffic = traffic
        self._manager = manager
        self._finish = finish
        self._rest = ""
        self._through = False
        self._copied = 0
        """In the pages that are through, as `_refused`."""
        self._refused: dict[str, str] = {}
        self._copied_here = 0
        """In the page that is under way, as `_refused_here`."""
        self._refused_here: dict[str, str] = {}
        self._trouble = self._waiting = ""
        self._running = False

    @property
    def items(self) -> Sequence[Item]:
        refused = self._refused | self._refused_here
        failed = [Item(task_id, Fate.FAILED, why) for task_id, why in refused.items()]
        if self._trouble:
            failed.append(Item("all that follow", Fate.FAILED, self._trouble))
        elif self._waiting:
            failed.append(Item("all that follow", Fate.WAITING, self._waiting))
        return failed

    @property
    def counts(self) -> Counter[Fate]:
        done = self._copied + self._copied_here
        failed = len(self._refused) + len(self._refused_here)
        # Where it was stopped there is more, whatever was known at the beginning.
        least = 0 if self._through or self._running else 1
        left = 0 if self._through else max(least, self._total - done - failed)
        stuck = 1 if self._trouble else 0
        fates = {Fate.DONE: done, Fate.FAILED: failed + stuck, Fate.WAITING: left - stuck}
        return +Counter(fates)

    async def run(self) -> None:
        self._trouble, self._running = "", True
        self._begin()
        try:
            await self._try_refused_again()
            while not self._through:
                await self._copy_page()
            if not self._refused:
                await patiently(self._finish, self._traffic, self._wait)
        except GatewayError as error:
            self._trouble = str(error)
        finally:
            self._running, self._waiting = False, ""
            self.told()

    async def _copy_page(self) -> None:
        pages: list[Documents] = []

        async def fetch() -> None:
            pages.append(await self._batch.task_documents(self._source, rest=self._rest))

        await patiently(fetch, self._traffic, self._wait)
        page = pages[-1]
        await self._add(page.items)
        self._rest, self._through = page.rest, not page.rest
        self._settle()

    async def _try_refused_again(self) -> None:
        for task_id in tuple(self._refused):
            try:
                task = Thing(Kind.TASK, task_id, self._source)
                document = await self._batch.document(task)
            except GatewayError as error:
                if not error.missing:
                    raise
            else:
                await self._add([document])
            del self._refused[task_id]
            self._settle()

    async def _add(self, documents: Sequence[Document]) -> None:
        tasks = [
            clone(Kind.TASK, document, document["id"])
            for document in documents
            if document["id"] != self._manager
        ]

        async def add() -> None:
            self._begin()
            await self._batch.add_documents(
                self._target, tasks, added=self._count, refused=self._note
            )

        await patiently(add, self._traffic, self._wait)
        if len(self._refused) + len(self._refused_here) > MOST_REFUSED:
            raise GatewayError(
                f"Could not copy the tasks of job {self._source}: job {self._target} refused more "
                f"than {MOST_REFUSED:,} of them. Look at why, and try again.",
                code="TooManyRefused",
            )

    def _wait(self, said: str) -> None:
        """Say what is waited for; nothing while nothing is."""
        self._waiting = said
        self.told()

    def _begin(self) -> None:
        """Count a page from its beginning: what of it was added before is found to be there."""
        self._copied_here, self._refused_here = 0, {}
        self.told()

    def _settle(self) -> None:
        self._copied += self._copied_here
        self._refused |= self._refused_here
        self._begin()

    def _count(self, more: int) -> None:
        self._copied_here += more
        self.told()

    def _note(self, refusal: Refusal) -> None:
        if refusal.code == THERE:
            self._count(1)
        else:
            self._refused_here[refusal.task_id] = refusal.sentence
            self.told()
