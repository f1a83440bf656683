"""The methods of sampled variables: `$PendingTasks.GetSample(...)` and its like."""

from dataclasses import dataclass
from typing import TypeAlias

from batchtui.local.autoscale.samples import PERIOD, History, Span
from batchtui.local.autoscale.trouble import FormulaError, InsufficientDataError, Place
from batchtui.local.autoscale.values import (
    INTERVALS,
    DoubleVec,
    Interval,
    OutOfRangeError,
    Timestamp,
    Value,
    type_name,
)

_USUAL_PERCENT = 10.0
"""What must be there of the samples when a formula does not say (from the documented errors)."""
_MOST_COUNTED = 2.0**31

Time: TypeAlias = Timestamp | Interval


@dataclass(frozen=True, slots=True)
class Metric:
    """A sampled variable; an interval as a time means so long before now."""

    name: str
    history: History
    now: Timestamp

    def ask(self, method: str, arguments: list[Value] | None, place: Place) -> Value:
        """What a method answers; `arguments` is None when there are no parentheses."""
        try:
            match method, arguments:
                case "Count", []:
                    return float(len(self.history))
                case "GetSamplePeriod", []:
                    return INTERVALS["TimeInterval_Second"].times(PERIOD)
                case "HistoryBeginTime", []:
                    return self._begin(place)
                case "GetSamplePercent", [(Timestamp() | Interval()) as start]:
                    return self.history.percent(self._span(start, self.now))
                case "GetSamplePercent", [
                    (Timestamp() | Interval()) as start,
                    (Timestamp() | Interval()) as end,
                ]:
                    return self.history.percent(self._span(start, end))
                case "GetSample", [_, *_]:
                    return self._sample(arguments, place)
        except OutOfRangeError as error:
            raise FormulaError(place, str(error)) from None
        raise FormulaError(place, f"{self.name} has no method {method}{_shown(arguments)}")

    def _sample(self, arguments: list[Value], place: Place) -> DoubleVec:
        match arguments:
            case [float() as count] if 0 <= count < _MOST_COUNTED:
                if not len(self.history):
                    raise self._insufficient(_USUAL_PERCENT, 0, place)
                return self.history.last(self.name, int(count))
            case [(Timestamp() | Interval()) as start]:
                return self._within(start, self.now, _USUAL_PERCENT, place)
            case [(Timestamp() | Interval()) as start, float() as percent]:
                return self._within(start, self.now, percent, place)
            case [(Timestamp() | Interval()) as start, (Timestamp() | Interval()) as end]:
                return self._within(start, end, _USUAL_PERCENT, place)
            case [
                (Timestamp() | Interval()) as start,
                (Timestamp() | Interval()) as end,
                float() as percent,
            ]:
                return self._within(start, end, percent, place)
        raise FormulaError(place, f"{self.name} has no method GetSample{_shown(arguments)}")

    def _within(self, start: Time, end: Time, percent: float, place: Place) -> DoubleVec:
        span = self._span(start, end)
        received = self.history.percent(span)
        if received < percent:
            raise self._insufficient(percent, received, place)
        return self.history.within(self.name, span)

    def _span(self, start: Time, end: Time) -> Span:
        """The documentation itself gives both ends in either order."""
        return Span(*sorted((self._moment(start), self._moment(end))))

    def _moment(self, time: Time) -> int:
        if isinstance(time, Interval):
            time = self.now.plus(Interval(-time.ticks))
        return time.at

    def _begin(self, place: Place) -> Timestamp:
        begin = self.history.begin
        if begin is None:
            raise self._insufficient(_USUAL_PERCENT, 0, place)
        return Timestamp(begin)

    def _insufficient(self, wanted: float, received: float, place: Place) -> InsufficientDataError:
        return InsufficientDataError(
            place,
            f"Insufficient data from data set: {self.name}"
            f" wanted {wanted:.15g}%, received {received:.0f}%",
        )


def _shown(arguments: list[Value] | None) -> str:
    return "" if arguments is None else f"({', '.join(map(type_name, arguments))})"
