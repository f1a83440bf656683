"""Formulas evaluated against a pool that is only described."""

from collections.abc import Sequence

from batchtui.local.autoscale.evaluator import Situation, Verdict, evaluate
from batchtui.local.autoscale.parser import parse
from batchtui.local.autoscale.samples import PERIOD, History
from batchtui.local.autoscale.values import Timestamp
from batchtui.local.autoscale.variables import METRICS, UNSAMPLED

NOW = 1_476_470_203_282_000
"""2016-10-14T18:36:43.282Z, a Friday."""


def situation(pending: Sequence[float] = (), dedicated: int = 2, spot: int = 0) -> Situation:
    """A pool with these samples of pending tasks, the last one taken now."""
    present = {metric: 1.0 for metric in METRICS if metric not in UNSAMPLED}
    present |= {"$CurrentDedicatedNodes": float(dedicated), "$PendingTasks": 7.0}
    history = History(METRICS)
    for back, value in zip(range(len(pending) - 1, -1, -1), pending, strict=True):
        history.add(NOW - back * PERIOD * 1_000_000, {**present, "$PendingTasks": value})
    return Situation(Timestamp(NOW), history, present, dedicated, spot)


def decide(formula: str, pending: Sequence[float] = (), dedicated: int = 2) -> Verdict:
    """What a formula makes of such a pool."""
    return evaluate(parse(formula), situation(pending, dedicated))


def value(expression: str, pending: Sequence[float] = ()) -> str:
    """What an expression comes to, as the results of a run show it; an error is its detail."""
    verdict = decide(f"x = {expression}", pending)
    if verdict.error:
        return verdict.error.detail
    return verdict.results.partition("x=")[2]
