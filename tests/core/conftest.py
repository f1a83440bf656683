import os

import pytest


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here cuts the power: to wait for the disk would take half of the time."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
