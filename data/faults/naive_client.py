"""Creates a pool and deletes it at the end, as scripts do; when an answer is lost, so is the pool.

To be run with the variables of connection.env, while `batchtui local --faults lost-answers` runs.
"""

import os

from azure.batch import BatchClient, models
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import AzureError

key = AzureNamedKeyCredential(
    os.environ["AZURE_BATCH_ACCOUNT"], os.environ["AZURE_BATCH_ACCESS_KEY"]
)
client = BatchClient(os.environ["AZURE_BATCH_ENDPOINT"], key)
image = models.BatchVmImageReference(
    publisher="canonical", offer="0001-com-ubuntu-server-jammy", sku="22_04-lts"
)
machine = models.VirtualMachineConfiguration(
    image_reference=image, node_agent_sku_id="batch.node.ubuntu 22.04"
)
pool = models.BatchPoolCreateOptions(
    id="render", vm_size="standard_d2s_v3", virtual_machine_configuration=machine
)

created = []
try:
    # The service creates it, and its answer is lost. The SDK repeats the request, and is told that
    # the pool exists.
    client.create_pool(pool)
    created.append(pool.id)
except AzureError as error:
    print("failed:", str(error).splitlines()[0])
for pool_id in created:
    client.begin_delete_pool(pool_id)
print("left:", [pool.id for pool in client.list_pools()])
