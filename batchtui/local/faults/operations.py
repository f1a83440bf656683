"""The operations of both services by name: those of the SDKs, such as CreatePool and PutBlob."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

from batchtui.local.faults.model import AccountService

BATCH: Mapping[tuple[str, str], str] = {
    ("GET", "/applications"): "ListApplications",
    ("GET", "/applications/{application}"): "GetApplication",
    ("GET", "/poolusagemetrics"): "ListPoolUsageMetrics",
    ("GET", "/supportedimages"): "ListSupportedImages",
    ("GET", "/nodeagentskus"): "ListNodeAgentSkus",
    ("GET", "/nodecounts"): "ListPoolNodeCounts",
    ("GET", "/certificates"): "ListCertificates",
    (
        "GET",
        "/certificates(thumbprintAlgorithm={algorithm},thumbprint={thumbprint})",
    ): "GetCertificate",
    (
        "HEAD",
        "/certificates(thumbprintAlgorithm={algorithm},thumbprint={thumbprint})",
    ): "GetCertificate",
    ("POST", "/pools"): "CreatePool",
    ("GET", "/pools"): "ListPools",
    ("GET", "/pools/{pool}"): "GetPool",
    ("HEAD", "/pools/{pool}"): "PoolExists",
    ("PATCH", "/pools/{pool}"): "UpdatePool",
    ("DELETE", "/pools/{pool}"): "DeletePool",
    ("POST", "/pools/{pool}/updateproperties"): "ReplacePoolProperties",
    ("POST", "/pools/{pool}/resize"): "ResizePool",
    ("POST", "/pools/{pool}/stopresize"): "StopPoolResize",
    ("POST", "/pools/{pool}/removenodes"): "RemoveNodes",
    ("POST", "/pools/{pool}/enableautoscale"): "EnablePoolAutoScale",
    ("POST", "/pools/{pool}/disableautoscale"): "DisablePoolAutoScale",
    ("POST", "/pools/{pool}/evaluateautoscale"): "EvaluatePoolAutoScale",
    ("GET", "/pools/{pool}/nodes"): "ListNodes",
    ("GET", "/pools/{pool}/nodes/{node}"): "GetNode",
    ("POST", "/pools/{pool}/nodes/{node}/reboot"): "RebootNode",
    ("POST", "/pools/{pool}/nodes/{node}/reimage"): "ReimageNode",
    ("POST", "/pools/{pool}/nodes/{node}/deallocate"): "DeallocateNode",
    ("POST", "/pools/{pool}/nodes/{node}/start"): "StartNode",
    ("POST", "/pools/{pool}/nodes/{node}/incident"): "CauseNodeIncident",
    ("POST", "/pools/{pool}/nodes/{node}/disablescheduling"): "DisableNodeScheduling",
    ("POST", "/pools/{pool}/nodes/{node}/enablescheduling"): "EnableNodeScheduling",
    ("GET", "/pools/{pool}/nodes/{node}/extensions"): "ListNodeExtensions",
    ("GET", "/pools/{pool}/nodes/{node}/extensions/{extension}"): "GetNodeExtension",
    ("POST", "/pools/{pool}/nodes/{node}/users"): "CreateNodeUser",
    ("PUT", "/pools/{pool}/nodes/{node}/users/{user}"): "ReplaceNodeUser",
    ("DELETE", "/pools/{pool}/nodes/{node}/users/{user}"): "DeleteNodeUser",
    ("GET", "/pools/{pool}/nodes/{node}/remoteloginsettings"): "GetNodeRemoteLoginSettings",
    ("POST", "/pools/{pool}/nodes/{node}/uploadbatchservicelogs"): "UploadNodeLogs",
    ("GET", "/pools/{pool}/nodes/{node}/files"): "ListNodeFiles",
    ("GET", "/pools/{pool}/nodes/{node}/files/{path}"): "DownloadNodeFile",
    ("HEAD", "/pools/{pool}/nodes/{node}/files/{path}"): "GetNodeFileProperties",
    ("DELETE", "/pools/{pool}/nodes/{node}/files/{path}"): "DeleteNodeFile",
    ("POST", "/jobs"): "CreateJob",
    ("GET", "/jobs"): "ListJobs",
    ("GET", "/jobs/{job}"): "GetJob",
    ("PATCH", "/jobs/{job}"): "UpdateJob",
    ("PUT", "/jobs/{job}"): "ReplaceJob",
    ("DELETE", "/jobs/{job}"): "DeleteJob",
    ("POST", "/jobs/{job}/disable"): "DisableJob",
    ("POST", "/jobs/{job}/enable"): "EnableJob",
    ("POST", "/jobs/{job}/terminate"): "TerminateJob",
    ("GET", "/jobs/{job}/taskcounts"): "GetJobTaskCounts",
    (
        "GET",
        "/jobs/{job}/jobpreparationandreleasetaskstatus",
    ): "ListJobPreparationAndReleaseTaskStatus",
    ("POST", "/jobs/{job}/tasks"): "CreateTask",
    ("POST", "/jobs/{job}/addtaskcollection"): "CreateTaskCollection",
    ("GET", "/jobs/{job}/tasks"): "ListTasks",
    ("GET", "/jobs/{job}/tasks/{task}"): "GetTask",
    ("PUT", "/jobs/{job}/tasks/{task}"): "ReplaceTask",
    ("DELETE", "/jobs/{job}/tasks/{task}"): "DeleteTask",
    ("POST", "/jobs/{job}/tasks/{task}/terminate"): "TerminateTask",
    ("POST", "/jobs/{job}/tasks/{task}/reactivate"): "ReactivateTask",
    ("GET", "/jobs/{job}/tasks/{task}/subtasksinfo"): "ListSubtasks",
    ("GET", "/jobs/{job}/tasks/{task}/files"): "ListTaskFiles",
    ("GET", "/jobs/{job}/tasks/{task}/files/{path}"): "DownloadTaskFile",
    ("HEAD", "/jobs/{job}/tasks/{task}/files/{path}"): "GetTaskFileProperties",
    ("DELETE", "/jobs/{job}/tasks/{task}/files/{path}"): "DeleteTaskFile",
    ("POST", "/jobschedules"): "CreateJobSchedule",
    ("GET", "/jobschedules"): "ListJobSchedules",
    ("GET", "/jobschedules/{schedule}"): "GetJobSchedule",
    ("HEAD", "/jobschedules/{schedule}"): "JobScheduleExists",
    ("PATCH", "/jobschedules/{schedule}"): "UpdateJobSchedule",
    ("PUT", "/jobschedules/{schedule}"): "ReplaceJobSchedule",
    ("DELETE", "/jobschedules/{schedule}"): "DeleteJobSchedule",
    ("POST", "/jobschedules/{schedule}/disable"): "DisableJobSchedule",
    ("POST", "/jobschedules/{schedule}/enable"): "EnableJobSchedule",
    ("POST", "/jobschedules/{schedule}/terminate"): "TerminateJobSchedule",
    ("GET", "/jobschedules/{schedule}/jobs"): "ListJobsFromSchedule",
}
"""By method and path, as the routes spell it."""

_SERVICE = {
    ("GET", "list"): "ListContainers",
    ("GET", "properties"): "GetBlobServiceProperties",
    ("PUT", "properties"): "SetBlobServiceProperties",
    ("GET", "stats"): "GetBlobServiceStats",
    ("POST", "userdelegationkey"): "GetUserDelegationKey",
    ("POST", "batch"): "SubmitBatch",
    ("GET", "blobs"): "FindBlobsByTags",
}
_CONTAINER = {
    ("PUT", ""): "CreateContainer",
    ("GET", ""): "GetContainerProperties",
    ("HEAD", ""): "GetContainerProperties",
    ("DELETE", ""): "DeleteContainer",
    ("GET", "list"): "ListBlobs",
    ("GET", "metadata"): "GetContainerMetadata",
    ("HEAD", "metadata"): "GetContainerMetadata",
    ("PUT", "metadata"): "SetContainerMetadata",
    ("GET", "acl"): "GetContainerAcl",
    ("HEAD", "acl"): "GetContainerAcl",
    ("PUT", "acl"): "SetContainerAcl",
    ("PUT", "lease"): "LeaseContainer",
    ("POST", "batch"): "SubmitBatch",
}
_BLOB = {
    ("PUT", ""): "PutBlob",
    ("GET", ""): "GetBlob",
    ("HEAD", ""): "GetBlobProperties",
    ("DELETE", ""): "DeleteBlob",
    ("PUT", "block"): "PutBlock",
    ("PUT", "blocklist"): "PutBlockList",
    ("GET", "blocklist"): "GetBlockList",
    ("PUT", "appendblock"): "AppendBlock",
    ("PUT", "page"): "PutPage",
    ("GET", "pagelist"): "GetPageRanges",
    ("PUT", "metadata"): "SetBlobMetadata",
    ("GET", "metadata"): "GetBlobMetadata",
    ("HEAD", "metadata"): "GetBlobMetadata",
    ("PUT", "properties"): "SetBlobProperties",
    ("PUT", "tier"): "SetBlobTier",
    ("PUT", "tags"): "SetBlobTags",
    ("GET", "tags"): "GetBlobTags",
    ("PUT", "lease"): "LeaseBlob",
    ("PUT", "snapshot"): "SnapshotBlob",
    ("PUT", "undelete"): "UndeleteBlob",
    ("PUT", "copy"): "AbortCopyBlob",
}
_COPY = "CopyBlob"

NAMES: Mapping[AccountService, frozenset[str]] = {
    AccountService.BATCH: frozenset(BATCH.values()),
    AccountService.STORAGE: frozenset(
        {*_SERVICE.values(), *_CONTAINER.values(), *_BLOB.values(), _COPY}
    ),
}

COUNTS = ("GetJobTaskCounts", "ListPoolNodeCounts")
"""What counts tasks and nodes."""


def batch_operation(method: str, route: str) -> str:
    """The operation of a route such as `/pools/{pool}`; empty if unknown."""
    return BATCH.get((method, route), "")


def storage_operation(method: str, path: str, query: str, headers: Iterable[str]) -> str:
    """The operation of a path-style request, `/ACCOUNT/CONTAINER/BLOB`; empty if unknown."""
    values = parse_qs(query)
    part = values.get("comp", [""])[0].lower()
    names = [name for name in path.split("/", 3)[1:] if name]
    if len(names) > 2:
        copies = method == "PUT" and not part and "x-ms-copy-source" in {h.lower() for h in headers}
        return _COPY if copies else _BLOB.get((method, part), "")
    return (_CONTAINER if len(names) == 2 else _SERVICE).get((method, part), "")
