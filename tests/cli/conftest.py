from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.scenes import Terminal


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    made = Terminal(tmp_path, monkeypatch, capsys)
    yield made
    made.close()
