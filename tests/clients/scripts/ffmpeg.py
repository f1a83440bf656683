"""The second tutorial with azure-batch 15: videos to MP3 on spot nodes, with output files."""

from azure.batch import BatchClient, models
from azure.storage.blob import ContainerSasPermissions

from tests.clients.scripts.steps import ENVIRONMENT, arguments, report
from tests.clients.scripts.storage import Storage
from tests.clients.scripts.track2 import admin, clean_up, connected, machine, run_job

INSTALL = "command -v ffmpeg || (apt-get update && apt-get install -y ffmpeg)"
CONVERT = 'ffmpeg -nostdin -loglevel warning -i "$VIDEO" -vn "$SOUND"'


def create_pool(client: BatchClient, pool_id: str) -> None:
    """An empty pool that is then resized, so that the poller of that is used too."""
    client.create_pool(
        models.BatchPoolCreateOptions(
            id=pool_id,
            vm_size="STANDARD_D2S_V3",
            virtual_machine_configuration=machine(client),
            target_dedicated_nodes=0,
            target_low_priority_nodes=0,
            start_task=models.BatchStartTask(
                command_line=f"/bin/sh -c '{INSTALL}'",
                user_identity=admin(),
                wait_for_success=True,
                max_task_retry_count=1,
            ),
        )
    )
    size = models.BatchPoolResizeOptions(target_low_priority_nodes=2)
    client.begin_stop_pool_resize(pool_id, polling_interval=1).result()
    client.begin_resize_pool(pool_id, size, polling_interval=1).result()


def task(number: int, name: str, url: str, output_url: str) -> models.BatchTaskCreateOptions:
    sound = f"{name.removesuffix('.mp4')}.mp3"
    output = models.OutputFile(
        file_pattern=sound,
        destination=models.OutputFileDestination(
            container=models.OutputFileBlobContainerDestination(
                container_url=output_url, path=f"sounds/{sound}"
            )
        ),
        upload_options=models.OutputFileUploadConfiguration(
            upload_condition=models.OutputFileUploadCondition.TASK_SUCCESS
        ),
    )
    return models.BatchTaskCreateOptions(
        id=f"Task{number}",
        command_line=f"/bin/sh -c '{CONVERT}'",
        resource_files=[models.ResourceFile(http_url=url, file_path=name)],
        environment_settings=[
            models.EnvironmentSetting(name="VIDEO", value=name),
            models.EnvironmentSetting(name="SOUND", value=sound),
        ],
        output_files=[output],
        constraints=models.BatchTaskConstraints(max_task_retry_count=1),
    )


def main() -> None:
    given = arguments()
    name = f"ffmpeg-{given.run}"
    inputs, outputs = f"{name}-input", f"{name}-output"
    with Storage(ENVIRONMENT) as storage, connected() as client:
        storage.container(inputs, ContainerSasPermissions(read=True))
        output_url = storage.container(outputs, ContainerSasPermissions(write=True, create=True))
        files = sorted(given.inputs.glob("videos/*.mp4"))
        urls = {file.name: storage.upload(inputs, file) for file in files}

        create_pool(client, name)
        work = [task(number, *pair, output_url) for number, pair in enumerate(urls.items())]
        done = run_job(client, name, work)
        pool = client.get_pool(name)
        storage.download(outputs, given.outputs)
        storage.delete(inputs, outputs)
        report(
            results=[task.execution_info and task.execution_info.result for task in done],
            spot_nodes=pool.current_low_priority_nodes,
            left=clean_up(client, name),
        )


if __name__ == "__main__":
    main()
