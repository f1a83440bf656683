"""What the real service answered, line by line."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "recorded"
OLDEST = "2017-01-01"

Json = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One recorded answer."""

    operation: str
    version: str
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: Any
    request: Any
    path: str

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


def lines() -> dict[str, list[Line]]:
    """Recorded lines of the versions that an account serves, by operation and status."""
    found: dict[str, list[Line]] = defaultdict(list)
    for file in sorted(FOLDER.glob("**/*.jsonl")):
        for text in file.read_text().splitlines():
            row = json.loads(text)
            if row["api_version"] < OLDEST or "$select" in str(row["query"]):
                continue
            line = Line(
                operation=row["op"],
                version=row["api_version"],
                status=row["status"],
                headers=row["response_headers"],
                body=row["response_body"],
                request=row["request_body"],
                path=row["path"],
            )
            found[f"{line.operation} {line.status}"].append(line)
    return dict(found)
