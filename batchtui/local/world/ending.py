"""How a task came to its end: a job's, a start task, or one that prepares or releases a job."""

from typing import Any, Protocol

from batchtui.local.wire.times import stamp

Json = dict[str, Any]


class Ended(Protocol):
    """What is known of its last run, and of those before it; times are microseconds since 1970."""

    exit_code: int | None
    failure: Json | None
    result: str | None
    retries: int
    retried: int | None


def ending(run: Ended) -> Json:
    """The members that tell of it, as far as there are any."""
    info: Json = {}
    if run.exit_code is not None:
        info["exitCode"] = run.exit_code
    if run.failure is not None:
        info["failureInfo"] = run.failure
    if run.result is not None:
        info["result"] = run.result
    info["retryCount"] = run.retries
    if run.retried is not None:
        info["lastRetryTime"] = stamp(run.retried)
    return info
