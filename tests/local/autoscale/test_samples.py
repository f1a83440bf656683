"""What formulas learn of samples."""

import pytest

from batchtui.local.autoscale.samples import MOST, History
from batchtui.local.autoscale.variables import METRICS

from .situations import NOW, decide, value

RISING = tuple(float(n) for n in range(20))
"""Ten minutes of samples."""


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("$PendingTasks.GetSample(1)", "[19]"),
        ("$PendingTasks.GetSample(3)", "[17,18,19]"),
        ("len($PendingTasks.GetSample(500))", "20"),
        ("$PendingTasks.GetSample(TimeInterval_Minute)", "[18,19]"),
        ("len($PendingTasks.GetSample(TimeInterval_Minute * 10))", "20"),
        ("len($PendingTasks.GetSample(TimeInterval_Minute * 10, 95))", "20"),
        (
            "$PendingTasks.GetSample(1 * TimeInterval_Minute, 2 * TimeInterval_Minute)",
            "[16,17]",
        ),
        (
            "$PendingTasks.GetSample(2 * TimeInterval_Minute, 1 * TimeInterval_Minute, 100)",
            "[16,17]",
        ),
        ("$PendingTasks.GetSample(time() - 45 * TimeInterval_Second)", "[18,19]"),
        ("$PendingTasks.GetSamplePercent(10 * TimeInterval_Minute)", "100"),
        ("$PendingTasks.GetSamplePercent(20 * TimeInterval_Minute)", "50"),
        ("$PendingTasks.GetSamplePercent(TimeInterval_Zero, 20 * TimeInterval_Minute)", "50"),
        ("$PendingTasks.Count()", "20"),
        ("$PendingTasks.GetSamplePeriod()", "00:00:30"),
        ("$PendingTasks.HistoryBeginTime()", "2016-10-14T18:27:13.282Z"),
        ("$PendingTasks.HistoryBeginTime().minute", "27"),
        ("$PendingTasks", "7"),
    ],
)
def test_methods(expression: str, wanted: str) -> None:
    assert value(expression, RISING) == wanted


@pytest.mark.parametrize(
    ("expression", "detail"),
    [
        ("$PendingTasks.GetSample(20 * TimeInterval_Minute, 70)", "wanted 70%, received 50%"),
        ("$PendingTasks.GetSample(TimeInterval_Day)", "wanted 10%, received 1%"),
    ],
)
def test_too_few_samples_are_an_error_of_their_own(expression: str, detail: str) -> None:
    verdict = decide(f"$TargetDedicatedNodes = max({expression})", RISING)
    assert verdict.error
    assert verdict.error.wire() == {
        "code": "InsufficientSampleData",
        "message": "Autoscale evaluation failed due to insufficient sample data",
        "values": [
            {
                "name": "Message",
                "value": f"Line 1, Col 43: Insufficient data from data set: $PendingTasks {detail}",
            }
        ],
    }
    assert verdict.dedicated == 2


def test_no_samples_at_all() -> None:
    for call in ("GetSample(1)", "HistoryBeginTime()"):
        assert "wanted 10%, received 0%" in value(f"$PendingTasks.{call}")
    assert value("$PendingTasks.GetSamplePercent(TimeInterval_Hour)") == "0"


def test_the_history_keeps_a_day() -> None:
    history = History(METRICS)
    sample = dict.fromkeys(METRICS, 1.0)
    for n in range(MOST + 10):
        history.add(NOW + n, sample)
    assert len(history) == MOST
    assert history.begin == NOW + 10


def test_the_documented_formula() -> None:
    formula = """
        // starts with one node, and then has one per pending task
        startingNumberOfVMs = 1;
        maxNumberofVMs = 25;
        pendingTaskSamplePercent = $PendingTasks.GetSamplePercent(180 * TimeInterval_Second);
        pendingTaskSamples = pendingTaskSamplePercent < 70 ? startingNumberOfVMs :
            avg($PendingTasks.GetSample(180 * TimeInterval_Second));
        $TargetDedicatedNodes=min(maxNumberofVMs, pendingTaskSamples);
        $NodeDeallocationOption = taskcompletion;
    """
    first = decide(formula, (9.0,))
    assert (first.dedicated, first.option, first.error) == (1, "taskcompletion", None)
    later = decide(formula, RISING)
    assert later.dedicated == 16
    assert later.results.endswith(
        "maxNumberofVMs=25;pendingTaskSamplePercent=100;pendingTaskSamples=16.5;"
        "startingNumberOfVMs=1"
    )
    assert decide(formula, (100.0,) * 6).dedicated == 25
