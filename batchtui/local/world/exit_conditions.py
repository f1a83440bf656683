"""What a task's exit means for its job and for the tasks that depend on it."""

from typing import Any

from batchtui.local.world.task import Task

Json = dict[str, Any]


def job_action(task: Task) -> str:
    """`none`, `disable` or `terminate`. Without a condition a failure ends the job."""
    default = "none" if task.result == "success" else "terminate"
    return str(_options(task).get("jobAction", default))


def satisfies(task: Task) -> bool:
    """Whether dependent tasks may go on. Without a condition only after a success."""
    default = "satisfy" if task.result == "success" else "block"
    return bool(_options(task).get("dependencyAction", default) == "satisfy")


def _options(task: Task) -> Json:
    """The options of the condition that applies; empty when none does."""
    conditions: Json = task.spec.get("exitConditions", {})
    if not conditions:
        return {}
    code = task.exit_code
    if task.failure is not None and code is None:
        return _named(conditions, "preProcessingError")
    if task.failure is not None and task.failure["code"].startswith("FileUpload"):
        return _named(conditions, "fileUploadError")
    for mapping in conditions.get("exitCodes", ()):
        if mapping["code"] == code:
            return dict(mapping["exitOptions"])
    for mapping in conditions.get("exitCodeRanges", ()):
        if code is not None and mapping["start"] <= code <= mapping["end"]:
            return dict(mapping["exitOptions"])
    # The default is for what no condition names; success is not a failure to be handled.
    return {} if task.result == "success" else _named(conditions, "default")


def _named(conditions: Json, name: str) -> Json:
    return dict(conditions.get(name) or conditions.get("default") or {})
