"""Requests below the SDK: signed, but otherwise as raw as a test wants them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from io import BytesIO
from typing import Any

import aiohttp
from yarl import URL

from batchtui.local.wire.auth import signature, string_to_sign

from .conftest import KEY

VERSION = "api-version=2025-06-01"


@dataclass(frozen=True)
class Answer:
    status: int
    reason: str
    headers: dict[str, str]
    """Names in lower case."""
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    def value(self, key: str) -> str:
        """One of an error's named values."""
        return str({pair["key"]: pair["value"] for pair in self.json.get("values", ())}[key])


async def ask(
    endpoint: str,
    method: str,
    target: str,
    body: object = None,
    *,
    headers: dict[str, str] | None = None,
    version: str = VERSION,
) -> Answer:
    """Send one signed request; the api-version is added unless `version` is empty."""
    mark = "&" if "?" in target else "?"
    target = f"{target}{mark}{version}" if version else target
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    sent = {"ocp-date": format_datetime(datetime.now(UTC), usegmt=True), **(headers or {})}
    if data is not None:
        sent.setdefault("Content-Type", "application/json; odata=minimalmetadata")
        sent["Content-Length"] = str(len(data))
    text = string_to_sign(method, target, sent, "testacct")
    sent["Authorization"] = f"SharedKey testacct:{signature(KEY, text)}"
    url = URL(f"{endpoint}{target}", encoded=True)
    async with (
        aiohttp.ClientSession(skip_auto_headers=["Content-Type"]) as session,
        session.request(method, url, data=data and BytesIO(data), headers=sent) as response,
    ):
        return Answer(
            status=response.status,
            reason=response.reason or "",
            headers={name.lower(): value for name, value in response.headers.items()},
            text=await response.text(),
        )
