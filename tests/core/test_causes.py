"""Many failures, few causes."""

import pytest

from batchtui.core.causes import By, causes, told, why
from batchtui.core.models import FailureInfo, NameValue, NodeInfo, Task, TaskExecution

BARE = FailureInfo(
    "UserError", "FailureExitCode", "The task exited with an exit code representing a failure"
)


def failed(task_id: str, node: str, code: int | None, failure: FailureInfo = BARE) -> Task:
    return Task(
        task_id,
        execution_info=TaskExecution(exit_code=code, failure_info=failure),
        node_info=NodeInfo("p", node),
    )


MISSING = FailureInfo(
    "UserError", "BlobAccessDenied", "Access denied", (NameValue("FilePath", "scene.blend"),)
)
TASKS = [
    failed("a", "n1", 7),
    failed("b", "n2", 7),
    failed("c", "n2", 137),
    failed("d", "n2", 7),
    failed("e", "n1", None, MISSING),
]


def test_failures_of_one_cause_stand_together_the_largest_first() -> None:
    found = causes(TASKS)
    assert [(cause.words, len(cause.tasks)) for cause in found] == [
        ("exit code 7", 3),
        ("BlobAccessDenied", 1),
        ("exit code 137 (SIGKILL)", 1),
    ]
    assert found[0].nodes == ("n2", "n1")
    assert found[1].message == "Access denied: FilePath: scene.blend"
    assert found[0].message == "", "the service only says that there was an exit code"


def test_failures_of_one_node_stand_together_with_their_reasons() -> None:
    worst = causes(TASKS, By.NODE)[0]
    assert (worst.words, len(worst.tasks)) == ("n2", 3)
    assert worst.message == "2 with exit code 7, 1 with exit code 137 (SIGKILL)"


def test_what_the_service_says_holds_no_signature() -> None:
    said = told(FailureInfo(code="X", message="could not read https://h/c?sp=r&sig=abc%3D"))
    assert "abc" not in said
    assert told(None) == ""
    assert why(failed("x", "", None)) == "no exit code"


def test_of_a_bare_exit_code_is_said_what_a_shell_means_by_it() -> None:
    details = (
        NameValue("Message", "The task process exited with an unexpected exit code"),
        NameValue("AdditionalErrorCode", "FailureExitCode"),
    )
    assert told(FailureInfo(BARE.category, BARE.code, BARE.message, details)) == ""
    assert why(failed("x", "", 127)) == "exit code 127 (command not found)"
    assert why(failed("x", "", 2)) == "exit code 2"


@pytest.mark.fault("1.12")
def test_a_detail_without_a_name_stands_by_itself() -> None:
    failure = FailureInfo(details=(NameValue("", "the disk"), NameValue("File", "a.txt")))
    assert told(failure) == "the disk: File: a.txt"
