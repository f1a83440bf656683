"""What the dashboard's user may do."""

from collections.abc import Callable, Sequence

from batchtui.core import losses
from batchtui.core.feed import Feed
from batchtui.core.feeds import Feeds
from batchtui.core.gateway import Counted, Gateway, GatewayError, Storage
from batchtui.core.models import SupportedImage, Task
from batchtui.core.replacing import replaced
from batchtui.core.specs import JobSpec, PoolSpec, TaskSpec
from batchtui.core.surroundings import LookAround
from batchtui.core.transfer import Piece
from batchtui.core.waiting import Reason, why_waiting


class Controller:
    """Carries out the user's commands over a gateway. Knows no widget.

    A command raises `GatewayError` when the service refuses; otherwise the feeds that show its
    effect are woken to look again, rather than guess what the service did.
    """

    def __init__(self, gateway: Gateway, feeds: Feeds, *, read_only: bool = False) -> None:
        self.gateway = gateway
        self.feeds = feeds
        self.read_only = read_only

    async def images(self) -> tuple[SupportedImage, ...]:
        """The images that a pool can be made of."""
        return await self.gateway.batch.images()

    async def create_container(self, container: str) -> None:
        await self._storage.create_container(container)
        self.feeds.refresh("containers")

    async def upload(self, container: str, piece: Piece, sent: Counted) -> None:
        """Upload one file into a container."""
        await self._storage.upload(container, piece.blob, piece.path, sent=sent)

    def uploaded(self) -> None:
        """Files have gone into a container: have the feeds look again."""
        self.feeds.refresh("containers", "usage", "blobs")

    async def replaced(self, container: str, pieces: Sequence[Piece]) -> tuple[str, ...]:
        """The blobs that uploading these files would replace."""
        return await replaced(self._storage, container, [piece.blob for piece in pieces])

    async def download(self, container: str, piece: Piece, received: Counted) -> None:
        """Download one blob of a container to its place."""
        await self._storage.download(container, piece.blob, piece.path, received=received)

    async def create_pool(self, pool: PoolSpec) -> None:
        await self.gateway.batch.create_pool(pool)
        self.feeds.refresh("pools", "node_counts", "nodes")

    async def create_job(self, job: JobSpec) -> None:
        await self.gateway.batch.create_job(job)
        self.feeds.refresh("jobs")

    async def add_tasks(
        self, job_id: str, tasks: Sequence[TaskSpec], added: Callable[[int], None]
    ) -> None:
        await self.gateway.batch.add_tasks(job_id, tasks, added=added)
        self.feeds.refresh("tasks", "progress")

    async def losses_of_job(self, job_id: str) -> tuple[str, ...]:
        """Sentences that say what goes with the job."""
        return await losses.of_job(self.gateway.batch, job_id)

    async def losses_of_pool(self, pool_id: str) -> tuple[str, ...]:
        """Sentences that say what goes with the pool."""
        return await losses.of_pool(self.gateway.batch, pool_id)

    async def losses_of_container(self, container: str) -> tuple[str, ...]:
        """Sentences that say what goes with the container."""
        return await losses.of_container(self._storage, container)

    def task(self, job_id: str, task: Task) -> Feed[Task]:
        """A feed on one task, as it was last seen at first; run by whoever opens it."""
        return Feed(
            lambda: self.gateway.batch.task(job_id, task.id),
            task,
            every=self.feeds.every,
            traffic=self.feeds.traffic,
        )

    def reason(self, job_id: str, task: Callable[[], Task]) -> Feed[Reason | None]:
        """A feed on why that task waits; asks for nothing while it does not."""
        look = LookAround(self.gateway.batch, job_id)

        async def fetch() -> Reason | None:
            return why_waiting(task(), await look.fetch(task()))

        return Feed(
            fetch,
            None,
            every=self.feeds.every * 5,
            traffic=self.feeds.traffic,
            needed=lambda: task().waits,
        )

    @property
    def _storage(self) -> Storage:
        if self.gateway.storage is None:
            raise GatewayError(self.gateway.no_storage, code="NoStorage")
        return self.gateway.storage
