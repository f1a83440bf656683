"""The tutorial with the SDK's first generation, azure-batch 6 to 14: input and output files."""

from importlib import import_module
from typing import Any

from azure.storage.blob import ContainerSasPermissions

from tests.clients.scripts.steps import ENVIRONMENT, arguments, report, wait
from tests.clients.scripts.storage import Storage

# Imported by name: these are there in the environments that this script runs in, and the type
# checker, which sees azure-batch 15, would call them missing.
azure_batch: Any = import_module("azure.batch")
models: Any = import_module("azure.batch.models")
batch_auth: Any = import_module("azure.batch.batch_auth")

COUNT = 'wc -w < "$TEXT" > "$COUNTED"; cat "$COUNTED"; cat $AZ_BATCH_NODE_SHARED_DIR/motto.txt >&2'


def connected() -> Any:
    credentials = batch_auth.SharedKeyCredentials(
        ENVIRONMENT["AZURE_BATCH_ACCOUNT"], ENVIRONMENT["AZURE_BATCH_ACCESS_KEY"]
    )
    return azure_batch.BatchServiceClient(credentials, ENVIRONMENT["AZURE_BATCH_ENDPOINT"])


def machine() -> Any:
    image = models.ImageReference(
        publisher="canonical", offer="0001-com-ubuntu-server-jammy", sku="22_04-lts"
    )
    return models.VirtualMachineConfiguration(
        image_reference=image, node_agent_sku_id="batch.node.ubuntu 22.04"
    )


def create_pool(client: Any, pool_id: str, motto_url: str) -> None:
    """A pool with two nodes that are ready."""
    start_task = models.StartTask(
        command_line="/bin/sh -c 'cp motto.txt $AZ_BATCH_NODE_SHARED_DIR'",
        resource_files=[models.ResourceFile(http_url=motto_url, file_path="motto.txt")],
        wait_for_success=True,
    )
    client.pool.add(
        models.PoolAddParameter(
            id=pool_id,
            vm_size="STANDARD_D2S_V3",
            virtual_machine_configuration=machine(),
            target_dedicated_nodes=2,
            start_task=start_task,
        )
    )
    wait(
        "Starting two nodes",
        lambda: [node.state for node in client.compute_node.list(pool_id)],
        lambda states: states == [models.ComputeNodeState.idle] * 2,
    )


def task(name: str, url: str, output_url: str) -> Any:
    container = models.OutputFileBlobContainerDestination(container_url=output_url, path="counts")
    output = models.OutputFile(
        file_pattern="*.count",
        destination=models.OutputFileDestination(container=container),
        upload_options=models.OutputFileUploadOptions(
            upload_condition=models.OutputFileUploadCondition.task_success
        ),
    )
    return models.TaskAddParameter(
        id=name.removesuffix(".txt"),
        command_line=f"/bin/sh -c '{COUNT}'",
        resource_files=[models.ResourceFile(http_url=url, file_path=name)],
        environment_settings=[
            models.EnvironmentSetting(name="TEXT", value=name),
            models.EnvironmentSetting(name="COUNTED", value=name.replace(".txt", ".count")),
        ],
        output_files=[output],
    )


def run_job(client: Any, job_id: str, work: list[Any]) -> list[Any]:
    """Create the job and its tasks and wait: the tasks, completed."""
    pool_info = models.PoolInformation(pool_id=job_id)
    client.job.add(models.JobAddParameter(id=job_id, pool_info=pool_info))
    client.task.add_collection(job_id, work)
    states = models.TaskListOptions(select="id,state")
    wait(
        "The job",
        lambda: [task.state for task in client.task.list(job_id, states)],
        lambda seen: set(seen) == {models.TaskState.completed},
    )
    return list(client.task.list(job_id))


def task_counts(client: Any, job_id: str) -> list[int]:
    """Completed, succeeded, failed; until 2020 they came flat."""
    counts = client.job.get_task_counts(job_id)
    counts = getattr(counts, "task_counts", counts)
    return [counts.completed, counts.succeeded, counts.failed]


def stream(client: Any, job_id: str, task_id: str, name: str, **options: Any) -> str:
    chunks = client.file.get_from_task(job_id, task_id, name, **options)
    return b"".join(chunks).decode()


def clean_up(client: Any, name: str) -> list[str]:
    """Delete job and pool; those that stay."""
    client.job.delete(name)
    client.pool.delete(name)
    wait("Deleting the pool", lambda: client.pool.exists(name), lambda there: not there)
    listed = models.JobListOptions(filter=f"id eq '{name}'")
    wait("Deleting the job", lambda: list(client.job.list(listed)), lambda jobs: not jobs)
    return [pool.id for pool in client.pool.list() if pool.id == name]


def main() -> None:
    given = arguments()
    name = f"track1-{given.run}"
    inputs, outputs = f"{name}-input", f"{name}-output"
    client = connected()
    with Storage(ENVIRONMENT) as storage:
        storage.container(inputs, ContainerSasPermissions(read=True))
        output_url = storage.container(outputs, ContainerSasPermissions(write=True, create=True))
        files = sorted(given.inputs.glob("*.txt"))
        urls = {file.name: storage.upload(inputs, file) for file in files}

        create_pool(client, name, urls.pop("motto.txt"))
        done = run_job(client, name, [task(*pair, output_url) for pair in urls.items()])
        part = models.FileGetFromTaskOptions(ocp_range="bytes=1-3")
        storage.download(outputs, given.outputs)
        storage.delete(inputs, outputs)
        report(
            results={task.id: str(task.execution_info.result) for task in done},
            counts=task_counts(client, name),
            stdout={task.id: stream(client, name, task.id, "stdout.txt") for task in done},
            part=stream(client, name, done[0].id, "stderr.txt", file_get_from_task_options=part),
            nodes=[node.total_tasks_run for node in client.compute_node.list(name)],
            left=clean_up(client, name),
        )


if __name__ == "__main__":
    main()
