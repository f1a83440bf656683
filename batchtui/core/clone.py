"""What of an entity makes another one like it, with no secret on the screen meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from batchtui.core.redact import redacted
from batchtui.core.things import Document, Kind

MEMBERS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.POOL: (
        "displayName", "vmSize", "virtualMachineConfiguration", "resizeTimeout",
        "targetDedicatedNodes", "targetLowPriorityNodes", "enableAutoScale", "autoScaleFormula",
        "autoScaleEvaluationInterval", "enableInterNodeCommunication", "networkConfiguration",
        "startTask", "applicationPackageReferences", "taskSlotsPerNode", "taskSchedulingPolicy",
        "userAccounts", "metadata", "mountConfiguration", "upgradePolicy",
    ),
    Kind.JOB: (
        "displayName", "priority", "allowTaskPreemption", "maxParallelTasks", "constraints",
        "jobManagerTask", "jobPreparationTask", "jobReleaseTask", "commonEnvironmentSettings",
        "poolInfo", "onAllTasksComplete", "onTaskFailure", "networkConfiguration", "metadata",
        "usesTaskDependencies",
    ),
    Kind.TASK: (
        "displayName", "commandLine", "containerSettings", "exitConditions", "resourceFiles",
        "outputFiles", "environmentSettings", "constraints", "requiredSlots", "userIdentity",
        "multiInstanceSettings", "dependsOn", "applicationPackageReferences",
        "authenticationTokenSettings",
    ),
    Kind.SCHEDULE: ("displayName", "schedule", "jobSpecification", "metadata"),
}  # fmt: skip
"""What a request that creates one may say, of api-version 2025-06-01; the rest is read-only."""

SCALED = ("targetDedicatedNodes", "targetLowPriorityNodes", "resizeTimeout")
"""What a pool with a formula may not say."""
UNLIMITED = "P10675199DT2H48M5.4775807S"
"""The service's way to say that there is no limit, which is best said by saying nothing."""
READ_ONLY = ("exactVersion",)


def clone(kind: Kind, document: Document, new_id: str) -> dict[str, Any]:
    """The request that creates another one like `document`."""
    wanted = {name: document[name] for name in MEMBERS[kind] if name in document}
    if kind is Kind.POOL:
        left_out = SCALED if wanted.get("enableAutoScale") else ("enableAutoScale",)
        wanted = {name: value for name, value in wanted.items() if name not in left_out}
    if kind is Kind.JOB and wanted.get("onAllTasksComplete") == "terminatejob":
        # A job without tasks counts as complete: the clone would end before it gets any.
        del wanted["onAllTasksComplete"]
    whole: dict[str, Any] = _tidy({"id": new_id, **wanted})
    return whole


def _tidy(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {
            name: _tidy(inner)
            for name, inner in value.items()
            if inner not in (None, UNLIMITED) and name not in READ_ONLY
        }
        return {name: inner for name, inner in kept.items() if inner != {}}
    return [_tidy(inner) for inner in value] if isinstance(value, list) else value


class Veil:
    """Hides the secrets of a document from whoever edits it, and puts them back."""

    def __init__(self) -> None:
        self._hidden: dict[str, str] = {}

    def cover(self, document: Document) -> dict[str, Any]:
        """The document as it may be shown."""
        covered: dict[str, Any] = _mapped(document, self._cover)
        return covered

    def lift(self, document: Document) -> dict[str, Any]:
        """The document with each text as it was before it was covered."""
        lifted: dict[str, Any] = _mapped(document, lambda text: self._hidden.get(text, text))
        return lifted

    def _cover(self, text: str) -> str:
        shown = redacted(text)
        if shown == text:
            return text
        while self._hidden.get(shown, text) != text:
            # Two secrets that look the same once they are hidden.
            shown += "*"
        self._hidden[shown] = text
        return shown


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _mapped(inner, change) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_mapped(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value
