"""Progress, rate and what remains, as pure functions."""

import pytest

from batchtui.core.models import TaskCounts
from batchtui.core.summary import Sample, rate, remaining, share


def test_share() -> None:
    assert share(TaskCounts(completed=3), 6) == 0.5
    assert share(TaskCounts(), 0) == 1.0
    assert share(TaskCounts(completed=7), 6) == 1.0


def test_rate_looks_at_the_last_minute_only() -> None:
    samples = [Sample(0, 0), Sample(100, 1000), Sample(150, 1100)]
    assert rate(samples) == pytest.approx(2.0)
    assert rate(samples, window=1000) == pytest.approx(1100 / 150)
    assert rate(samples[:1]) == 0.0
    assert rate([]) == 0.0


def test_remaining() -> None:
    assert remaining(TaskCounts(completed=4), 10, 2.0) == 3.0
    assert remaining(TaskCounts(completed=10), 10, 0.0) == 0.0
    assert remaining(TaskCounts(completed=4), 10, 0.0) is None
