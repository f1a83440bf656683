"""From a plan to what the service is asked to create. Only here do the secrets come in."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec import Struct

from batchtui.core.durations import duration
from batchtui.core.models import ImageReference, NameValue, PoolInfo
from batchtui.core.placeholders import Text
from batchtui.core.plan import Plan
from batchtui.core.recipe.expansion import Dependencies, PlannedTask
from batchtui.core.recipe.model import Image, Output, Resource, Start, When
from batchtui.core.run.account import RunAccount
from batchtui.core.run.ownership import labels
from batchtui.core.specs import (
    AutoUser,
    Elevation,
    JobConstraints,
    JobSpec,
    OutputContainer,
    OutputDestination,
    OutputFile,
    OutputUpload,
    PoolSpec,
    ResourceFile,
    StartTask,
    TaskConstraints,
    TaskDependencies,
    TaskSpec,
    UploadCondition,
    UserIdentity,
    VirtualMachine,
)

READ, WRITE = "rl", "rcwl"
CONDITIONS = {
    When.SUCCESS: UploadCondition.SUCCESS,
    When.FAILURE: UploadCondition.FAILURE,
    When.COMPLETION: UploadCondition.COMPLETION,
}


class Access(Struct, frozen=True):
    """The containers' URLs with their SAS, by role. Secrets: never in an event, log or ledger."""

    reading: dict[str, str]
    writing: dict[str, str]

    @classmethod
    async def grant(cls, plan: Plan, account: RunAccount, lasting: timedelta) -> "Access":
        """Access to all containers of the plan for so long. Raises `GatewayError`."""

        async def url(name: str, rights: str) -> str:
            return await account.storage(
                lambda storage: storage.container_url(name, rights=rights, lasting=lasting)
            )

        return cls(
            reading={role: await url(name, READ) for role, name in plan.containers.items()},
            writing={role: await url(name, WRITE) for role, name in plan.containers.items()},
        )

    def values(self) -> dict[str, str]:
        """What the placeholders of containers stand for."""
        values = {}
        for role, url in self.writing.items():
            values[f"container.{role}.url"] = url
            values[f"container.{role}.sas"] = urlsplit(url).query
            values[f"container.{role}.name"] = urlsplit(url).path.rsplit("/", 1)[-1]
        return values

    def blob(self, role: str, blob: str) -> str:
        """A blob's URL, by the container's SAS that may read."""
        parts = urlsplit(self.reading[role])
        return urlunsplit(parts._replace(path=f"{parts.path}/{quote(blob)}"))


class Orders:
    """Makes the requests of one run."""

    def __init__(self, plan: Plan, access: Access) -> None:
        self._plan = plan
        self._access = access
        self._values = access.values()
        self._dependencies = Dependencies(plan.ids)

    def pool(self, node_agent: str) -> PoolSpec:
        """Raises KeyError for a pool without an image: such a pool exists already."""
        pool = self._plan.recipe.pool
        return PoolSpec(
            id=self._plan.pool_id,
            vm_size=pool.vm_size or "",
            virtual_machine_configuration=VirtualMachine(
                image_reference=_reference(pool.image), node_agent_sku_id=node_agent
            ),
            target_dedicated_nodes=pool.dedicated,
            target_low_priority_nodes=pool.spot,
            task_slots_per_node=pool.slots,
            start_task=self._start_task(pool.start_task) if pool.start_task else None,
            metadata=self._metadata(),
        )

    def job(self) -> JobSpec:
        job = self._plan.recipe.job
        limit = duration(job.max_time) if job.max_time else None
        constraints = JobConstraints(max_wall_clock_time=limit, max_task_retry_count=job.retries)
        return JobSpec(
            id=job.id,
            pool_info=PoolInfo(self._plan.pool_id),
            priority=job.priority,
            constraints=constraints if constraints != JobConstraints() else None,
            uses_task_dependencies=any(task.depends_on for task in self._plan.recipe.tasks),
            metadata=self._metadata(),
        )

    def task(self, task: PlannedTask, input_url: str) -> TaskSpec:
        """`input_url` is the SAS URL of the task's input, empty where it has none."""
        entry = task.entry
        values = {**self._values, **task.values, "input.url": input_url}
        limit = duration(entry.max_time) if entry.max_time else None
        constraints = TaskConstraints(max_wall_clock_time=limit, max_task_retry_count=entry.retries)
        waits_for = self._dependencies.of(task)
        return TaskSpec(
            id=task.id,
            command_line=entry.command.complete(values),
            resource_files=self._resources(entry.resource_files, values),
            output_files=tuple(self._output(file, values) for file in entry.output_files),
            environment_settings=_settings(entry.environment, values),
            required_slots=entry.slots,
            constraints=constraints if constraints != TaskConstraints() else None,
            depends_on=TaskDependencies(task_ids=waits_for) if waits_for else None,
            user_identity=_user(entry.elevation),
        )

    def _start_task(self, start: Start) -> StartTask:
        return StartTask(
            command_line=start.command.complete(self._values),
            resource_files=self._resources(start.resource_files, self._values),
            environment_settings=_settings(start.environment, self._values),
            user_identity=_user(start.elevation),
            max_task_retry_count=start.retries,
            wait_for_success=start.wait_for_success,
        )

    def _resources(
        self, files: Iterable[Resource], values: Mapping[str, str]
    ) -> tuple[ResourceFile, ...]:
        return tuple(self._resource(file, values) for file in files)

    def _resource(self, file: Resource, values: Mapping[str, str]) -> ResourceFile:
        path = _complete(file.path, values)
        if file.container is None:
            url = _complete(file.url, values)
            return ResourceFile(http_url=url, file_path=path, file_mode=file.mode)
        blob = _complete(file.blob, values)
        if blob is None:
            return ResourceFile(
                storage_container_url=self._access.reading[file.container],
                blob_prefix=_complete(file.prefix, values),
                file_path=path,
                file_mode=file.mode,
            )
        url = self._access.blob(file.container, blob)
        return ResourceFile(http_url=url, file_path=path or blob, file_mode=file.mode)

    def _output(self, file: Output, values: Mapping[str, str]) -> OutputFile:
        container = OutputContainer(
            container_url=self._access.writing[file.container],
            path=_complete(file.path, values) or None,
        )
        return OutputFile(
            file_pattern=file.pattern.complete(values),
            destination=OutputDestination(container=container),
            upload_options=OutputUpload(upload_condition=CONDITIONS[file.when]),
        )

    def _metadata(self) -> tuple[NameValue, ...]:
        return labels(self._plan.run_id, self._plan.recipe.name)


def _reference(image: Image | None) -> ImageReference:
    if image is None:
        raise KeyError("image")
    return ImageReference(image.publisher, image.offer, image.sku, image.version)


def _complete(text: Text | None, values: Mapping[str, str]) -> str | None:
    return None if text is None else text.complete(values)


def _settings(environment: Mapping[str, Text], values: Mapping[str, str]) -> tuple[NameValue, ...]:
    return tuple(NameValue(name, text.complete(values)) for name, text in environment.items())


def _user(elevation: Elevation) -> UserIdentity | None:
    if elevation is Elevation.NONADMIN:
        return None
    return UserIdentity(auto_user=AutoUser(elevation_level=elevation))
