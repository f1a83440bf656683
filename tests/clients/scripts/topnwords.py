"""The first tutorial with azure-batch 15: each text's most frequent words, by one task for each."""

from azure.batch import BatchClient, models
from azure.storage.blob import ContainerSasPermissions

from tests.clients.scripts.steps import ENVIRONMENT, arguments, report
from tests.clients.scripts.storage import Storage
from tests.clients.scripts.track2 import admin, clean_up, connected, machine, run_job

WORDS = 3


def create_pool(client: BatchClient, pool_id: str, script_url: str) -> None:
    start_task = models.BatchStartTask(
        command_line="/bin/sh -c 'cp topnwords.py $AZ_BATCH_NODE_SHARED_DIR'",
        resource_files=[models.ResourceFile(http_url=script_url, file_path="topnwords.py")],
        user_identity=admin(),
        wait_for_success=True,
    )
    client.create_pool(
        models.BatchPoolCreateOptions(
            id=pool_id,
            vm_size="STANDARD_D2S_V3",
            virtual_machine_configuration=machine(client),
            target_dedicated_nodes=1,
            start_task=start_task,
        )
    )


def tasks(inputs: dict[str, str], output_url: str) -> list[models.BatchTaskCreateOptions]:
    """One for each input, given by name and URL; each uploads its output by itself."""
    script = f'python3 $AZ_BATCH_NODE_SHARED_DIR/topnwords.py "$TEXT" {WORDS} "{output_url}"'
    return [
        models.BatchTaskCreateOptions(
            id=f"topNtask{number}",
            command_line=f"/bin/sh -c '{script}'",
            resource_files=[models.ResourceFile(http_url=url, file_path=name)],
            environment_settings=[models.EnvironmentSetting(name="TEXT", value=name)],
        )
        for number, (name, url) in enumerate(inputs.items())
    ]


def main() -> None:
    given = arguments()
    name = f"topn-{given.run}"
    app, inputs, outputs = (f"{name}-{role}" for role in ("app", "input", "output"))
    with Storage(ENVIRONMENT) as storage, connected() as client:
        for container in (app, inputs):
            storage.container(container, ContainerSasPermissions(read=True))
        output_url = storage.container(outputs, ContainerSasPermissions(write=True, create=True))
        files = sorted(given.inputs.glob("texts/*.txt"))
        urls = {file.name: storage.upload(inputs, file) for file in files}

        create_pool(client, name, storage.upload(app, given.inputs / "topnwords.py"))
        done = run_job(client, name, tasks(urls, output_url))
        chunks = client.download_task_file(name, done[0].id, "stdout.txt")
        stdout = b"".join(chunks).decode()
        storage.download(outputs, given.outputs)
        storage.delete(app, inputs, outputs)
        report(
            exit_codes=[task.execution_info and task.execution_info.exit_code for task in done],
            stdout=stdout,
            left=clean_up(client, name),
        )


if __name__ == "__main__":
    main()
