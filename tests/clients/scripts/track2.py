"""Steps that both tutorials take with azure-batch 15."""

from azure.batch import BatchClient, models
from azure.core.credentials import AzureNamedKeyCredential

from tests.clients.scripts.steps import ENVIRONMENT, wait

AGENT = "batch.node.ubuntu 22.04"


def connected() -> BatchClient:
    credential = AzureNamedKeyCredential(
        ENVIRONMENT["AZURE_BATCH_ACCOUNT"], ENVIRONMENT["AZURE_BATCH_ACCESS_KEY"]
    )
    return BatchClient(ENVIRONMENT["AZURE_BATCH_ENDPOINT"], credential)


def machine(client: BatchClient) -> models.VirtualMachineConfiguration:
    """The service's own image of Ubuntu."""
    image = next(
        image
        for image in client.list_supported_images(filter="verificationType eq 'verified'")
        if image.node_agent_sku_id == AGENT
    )
    return models.VirtualMachineConfiguration(
        image_reference=image.image_reference, node_agent_sku_id=image.node_agent_sku_id
    )


def admin() -> models.UserIdentity:
    return models.UserIdentity(
        auto_user=models.AutoUserSpecification(
            scope=models.AutoUserScope.POOL, elevation_level=models.ElevationLevel.ADMIN
        )
    )


def run_job(
    client: BatchClient, name: str, work: list[models.BatchTaskCreateOptions]
) -> list[models.BatchTask]:
    """Create the job and its tasks and wait: the tasks, completed."""
    pool_info = models.BatchPoolInfo(pool_id=name)
    client.create_job(models.BatchJobCreateOptions(id=name, pool_info=pool_info))
    client.create_tasks(name, work)
    return wait(
        "The job",
        lambda: list(client.list_tasks(name)),
        lambda seen: {task.state for task in seen} == {models.BatchTaskState.COMPLETED},
    )


def clean_up(client: BatchClient, name: str) -> list[str]:
    """Delete job and pool; what is left after that."""
    client.begin_delete_job(name, polling_interval=1).result()
    client.begin_delete_pool(name, polling_interval=1).result()
    left = [f"job {job.id}" for job in client.list_jobs(filter=f"id eq '{name}'")]
    return left + [f"pool {pool.id}" for pool in client.list_pools(filter=f"id eq '{name}'")]
