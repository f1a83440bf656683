"""Where our answers are not the real service's: the whole list, each with its reason."""

FRAMING = frozenset(("connection", "content-length", "date", "transfer-encoding")) | frozenset(
    # On every answer of the service, and left out by most recorders.
    ("server", "strict-transport-security", "x-content-type-options")
)
"""Headers that say more of the recorder than of the service."""

OPTIONAL = {
    "pool": (
        # Given by the client.
        "displayName", "startTask", "metadata", "networkConfiguration", "userAccounts",
        "certificateReferences", "targetNodeCommunicationMode", "mountConfiguration",
        "virtualMachineConfiguration.dataDisks", "virtualMachineConfiguration.extensions",
        "virtualMachineConfiguration.diskEncryptionConfiguration",
        "virtualMachineConfiguration.nodePlacementConfiguration",
        "virtualMachineConfiguration.windowsConfiguration",
        # There while it scales by a formula, or after a resize that failed.
        "autoScaleFormula", "autoScaleEvaluationInterval", "autoScaleRun", "resizeErrors",
    ),
    "node": (
        "startTask", "startTaskInfo", "recentTasks", "endpointConfiguration",
        # There from the first boot on, which some recorded nodes had not come to.
        "lastBootTime", "nodeAgentInfo", "certificateReferences",
    ),
    "job": (
        "displayName", "metadata", "commonEnvironmentSettings", "jobManagerTask",
        "jobPreparationTask", "jobReleaseTask", "poolInfo",
        # There once it has been in another state.
        "previousState", "previousStateTransitionTime", "executionInfo.endTime",
        "executionInfo.terminateReason",
    ),
    "jobschedule": (
        "metadata", "schedule.doNotRunUntil", "schedule.doNotRunAfter", "schedule.startWindow",
        "schedule.recurrenceInterval", "executionInfo.nextRunTime", "executionInfo.recentJob",
        "previousState", "previousStateTransitionTime",
    ),
    "task": (
        "displayName", "environmentSettings", "exitConditions", "multiInstanceSettings",
        "outputFiles", "resourceFiles", "userIdentity", "previousState",
        "previousStateTransitionTime", "executionInfo.lastRetryTime",
    ),
    # A folder has none, and a listing may hold folders only.
    "file": ("properties",),
}  # fmt: skip
"""By kind: members that depend on what the client gave or on how far a thing has come."""

BEYOND = {
    "application.get 200": "An account here has no application packages.",
    "certificate.add 201": "The service gave certificates up in 2024.",
    "certificate.canceldelete 409": "The service gave certificates up in 2024.",
    "certificate.delete 202": "The service gave certificates up in 2024.",
    "certificate.get 200": "The service gave certificates up in 2024.",
    "file.props_node 503": "An outage of the service.",
    "job.delete 503": "An outage of the service.",
    "job.lifetimestats 200": "The service gave them up in 2021.",
    "jobschedule.delete 409": "A schedule here is gone before it can be deleted again.",
    "node.extensions.get 200": "Nodes here are no virtual machines and have no extensions.",
    "node.rdp 200": "Nodes here are not Windows.",
    "node.reimage 202": "Of a pool of cloud services, which the service gave up in 2024.",
    "node.uploadbatchservicelogs 200": "Needs a container; test_node_access looks at it.",
    "node.uploadbatchservicelogs 403": "Of a pool of cloud services.",
    "pool.add 403": "Of a virtual network, which nodes here do not join.",
    "pool.delete 409": "A pool here is gone before it can be deleted again.",
    "pool.delete 500": "An outage of the service.",
    "pool.lifetimestats 200": "The service gave them up in 2021.",
    "pool.upgradeos 202": "Of a pool of cloud services.",
    "task.addcollection 403": "Of another account; test_auth looks at refused signatures.",
}
"""Recorded operations that no account here can be brought to, each with its reason."""

_WINDOWS = "Recorded on Windows: files of Linux nodes have a mode and no time of creation."
_CLOUD = "The service gave pools of cloud services up in 2024."

DIFFERENCES: dict[str, dict[str, str]] = {
    "account.supportedimages 200": {
        "batchSupportEndOfLife missing": "Images here are names: support for them does not end.",
        "capabilities missing": "A node here has neither containers nor graphics drivers to offer.",
    },
    "node.get 200": {
        "virtualMachineInfo.imageReference.exactVersion missing": "There is no image behind it.",
    },
    "node.list 200": {
        "virtualMachineInfo.imageReference.exactVersion missing": "There is no image behind it.",
    },
    "pool.get 200": {
        "applicationLicenses missing": "Licences were given up in 2024; tasks here need none.",
        "cloudServiceConfiguration missing": _CLOUD,
        "virtualMachineConfiguration added": _CLOUD,
        "currentNodeCommunicationMode missing": "Nodes here are spoken to in no mode of Azure's.",
    },
    "pool.list 200": {
        "applicationLicenses missing": "Licences were given up in 2024; tasks here need none.",
        "cloudServiceConfiguration missing": _CLOUD,
        "virtualMachineConfiguration added": _CLOUD,
    },
    "task.get 200": {
        "applicationPackageReferences missing": "An account here has no application packages.",
        "authenticationTokenSettings missing": "The service retired such tokens in 2024.",
    },
} | {
    f"file.{operation} 200": {
        "header ocp-batch-file-mode added": _WINDOWS,
        "header ocp-creation-time missing": _WINDOWS,
    }
    for operation in ("get_node", "get_task", "props_node", "props_task")
}
