"""Errors as Azure Batch says them: an HTTP status, a code, a sentence and named values."""

from collections.abc import Iterable
from typing import Any

_SAYINGS: dict[str, tuple[int, str]] = {
    "AuthenticationFailed": (
        403,
        "Server failed to authenticate the request. Make sure the value of Authorization header"
        " is formed correctly including the signature.",
    ),
    "AutoScalingFormulaSyntaxError": (
        400,
        "The specified auto-scaling formula has a syntax error.",
    ),
    "AutoScalingFormulaTooLong": (
        400,
        "The specified auto-scaling formula exceeds lengths limit.",
    ),
    "ConditionNotMet": (
        412,
        "The condition specified using HTTP conditional header(s) is not met.",
    ),
    "CertificateNotFound": (404, "The specified certificate does not exist."),
    "FileNotFound": (404, "The specified file does not exist."),
    "InternalError": (
        500,
        "Server encountered an internal error. Please try again after some time.",
    ),
    "InvalidAutoScalingSettings": (
        400,
        "The specified auto-scaling settings are not valid.",
    ),
    "InvalidHeaderValue": (
        400,
        "The value for one of the HTTP headers is not in the correct format.",
    ),
    "InvalidPropertyValue": (
        400,
        "The value provided for one of the properties in the request body is invalid.",
    ),
    "InvalidQueryParameterValue": (
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ),
    "InvalidRange": (416, "The specified range is invalid for the current size of the resource."),
    "InvalidRequestBody": (400, "The specified Request Body is not syntactically valid."),
    "JobBeingDeleted": (
        409,
        "The specified job has been marked for deletion and is being garbage collected.",
    ),
    "JobBeingTerminated": (409, "The specified job is being terminated."),
    "JobCompleted": (409, "The specified job is already in a completed state."),
    "JobExists": (409, "The specified job already exists."),
    "JobNotFound": (404, "The specified job does not exist."),
    "JobPreparationTaskOrReleaseTaskNotSpecified": (
        409,
        "The specified job does not have either job preparation task or job release task.",
    ),
    "JobScheduleBeingDeleted": (
        409,
        "The specified job schedule has been marked for deletion and is being reclaimed.",
    ),
    "JobScheduleBeingTerminated": (409, "The specified job schedule is being terminated."),
    "JobScheduleCompleted": (409, "The specified job schedule has completed."),
    "JobScheduleExists": (409, "The specified job schedule already exists."),
    "JobScheduleNotFound": (404, "The specified job schedule does not exist."),
    "ApplicationNotFound": (404, "The specified application does not exist."),
    "MissingRequiredHeader": (
        400,
        "An HTTP header that's mandatory for this request is not specified.",
    ),
    "MissingRequiredProperty": (400, "A required property was not specified in the request body."),
    "MissingRequiredQueryParameter": (
        400,
        "A query parameter that's mandatory for this request is not specified.",
    ),
    "MultipleConditionHeadersNotSupported": (400, "Multiple condition headers are not supported."),
    "NodeAlreadyInTargetSchedulingState": (
        409,
        "The specified node is already in the target scheduling state.",
    ),
    "NodeBeingCreated": (409, "The specified node is being created."),
    "NodeBeingRebooted": (409, "The specified node is being rebooted."),
    "NodeBeingReimaged": (409, "The specified node is being reimaged."),
    "NodeBeingStarted": (409, "The specified node is being started."),
    "NodeNotFound": (404, "The specified node does not exist."),
    "NodeUserExists": (409, "The specified node user already exists."),
    "NodeUserNotFound": (404, "The specified node user does not exist."),
    "OperationInvalidForCurrentState": (
        409,
        "The specified operation is not valid for the current state of the resource.",
    ),
    "OperationNotValidOnNode": (409, "The specified operation is not valid on the node."),
    "OperationNotValidOnPool": (409, "The specified operation is not valid on the pool."),
    "PoolBeingDeleted": (
        409,
        "The specified pool has been marked for deletion and is being reclaimed.",
    ),
    "PoolBeingResized": (409, "The specified pool is being resized."),
    "PoolExists": (409, "The specified pool already exists."),
    "PoolNotFound": (404, "The specified pool does not exist."),
    "RequestBodyTooLarge": (
        413,
        "The request body is too large and exceeds the maximum permissible limit.",
    ),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "TaskCompleted": (409, "The specified task is already in a completed state."),
    "TaskDependenciesNotSpecifiedOnJob": (
        400,
        "The specified job does not have usesTaskDependencies set to true.",
    ),
    "TaskDependencyListTooLong": (400, "The list of task dependencies is too long."),
    "TaskExists": (409, "The specified task already exists."),
    "TaskFilesCleanedup": (
        409,
        "The files of the specified task are cleaned up: their retention time is over.",
    ),
    "TaskFilesUnavailable": (
        409,
        "The files of the specified task are not available: it has not run on a node of a pool"
        " that still exists.",
    ),
    "TaskIdSameAsJobPreparationTask": (
        409,
        "The specified task has the same id as the job's preparation task.",
    ),
    "TaskIdSameAsJobReleaseTask": (
        409,
        "The specified task has the same id as the job's release task.",
    ),
    "TaskNotCompleted": (409, "The specified task has not completed."),
    "TaskNotFound": (404, "The specified task does not exist."),
    "TaskSucceeded": (409, "The specified task has already completed successfully."),
    "TooManyEnableAutoScaleRequests": (
        503,
        "Too many Enable Pool AutoScale requests are issued on the pool.",
    ),
    "UnsupportedHttpVerb": (405, "The resource doesn't support the specified HTTP verb."),
    "UnsupportedProperty": (
        400,
        "One of the properties specified in the request body is not supported.",
    ),
    "UnsupportedRequestVersion": (400, "The value of the api-version is not supported."),
}


class ServiceError(Exception):
    """An answer that is not a success.

    `code` is one of Azure Batch's own; its status and sentence are looked up. `values` are the
    pairs that the service lists beside the sentence, in its order.
    """

    def __init__(self, code: str, *values: tuple[str, str], status: int = 0) -> None:
        self.code = code
        usual, self.sentence = _SAYINGS[code]
        self.status = status or usual
        self.values = values
        super().__init__(f"{code}: {self.sentence}")


def element(code: str, sentence: str, values: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The JSON of an error: `values` is absent when there are none (recorded fact 16)."""
    body: dict[str, Any] = {"code": code, "message": {"lang": "en-US", "value": sentence}}
    named = [{"key": key, "value": value} for key, value in values]
    if named:
        body["values"] = named
    return body


def invalid_property(name: str, reason: str, value: str | None = None) -> ServiceError:
    """400: a member of the request's body has a value that cannot be."""
    shown = [] if value is None else [("PropertyValue", value)]
    return ServiceError("InvalidPropertyValue", ("PropertyName", name), *shown, ("Reason", reason))


def invalid_query(name: str, value: str, reason: str) -> ServiceError:
    """400: a parameter of the request's query has a value that cannot be."""
    return ServiceError(
        "InvalidQueryParameterValue",
        ("QueryParameterName", name),
        ("QueryParameterValue", value),
        ("Reason", reason),
    )


def unsupported(name: str, reason: str) -> ServiceError:
    """400: the real service knows this member; a local account has nothing to do it with."""
    return ServiceError("UnsupportedProperty", ("PropertyName", name), ("Reason", reason))
