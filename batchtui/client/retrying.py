"""Which requests are sent again at once, before anybody hears that they failed."""

from typing import Any

from azure.core.pipeline.policies import AsyncRetryPolicy

from batchtui.client.headers import retry_after
from batchtui.core.gateway import TRANSIENT

LONGEST_WAIT = 4.0
"""Seconds that a request waits by itself because the service asks for it."""


class RetryPolicy(AsyncRetryPolicy[Any, Any]):
    """The SDK's own, but that no request waits for hours or happens twice.

    The SDK sleeps as long as a Retry-After says, be it a day, with nobody told (`is_retry` and
    `sleep` in azure/core/pipeline/policies/_retry.py), and raises a ValueError for one that it
    cannot read. It also repeats a POST after 500, 503 and 504, which may have done its work: the
    repeat is then refused because the thing exists. Here the answer is handed on instead, and
    whoever asked decides.
    """

    def get_retry_after(self, response: Any) -> float | None:
        return retry_after(response.http_response.headers) or None

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
        status = response.http_response.status_code
        if status not in TRANSIENT or (self.get_retry_after(response) or 0.0) > LONGEST_WAIT:
            return False
        if response.http_request.method.upper() == "POST" and status != 429:
            return False
        return bool(super().is_retry(settings, response))
