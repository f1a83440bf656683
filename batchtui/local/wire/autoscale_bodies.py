"""Bodies of requests about autoscaling, and what formulas and intervals must be."""

from msgspec import UNSET, UnsetType

from batchtui.local.autoscale.parser import LONGEST, parse
from batchtui.local.autoscale.trouble import FormulaSyntaxError
from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.wire.body import Body, Duration

USUAL_INTERVAL = "PT15M"
_SHORTEST = Duration("PT5M")
_LONGEST_INTERVAL = Duration("PT168H")


class EnableAutoScale(Body, kw_only=True):
    """On a pool that is scaled already either member may be left out, and stays as it is."""

    auto_scale_formula: str | UnsetType = UNSET
    auto_scale_evaluation_interval: Duration | UnsetType = UNSET

    def check(self) -> None:
        if self.auto_scale_formula is not UNSET:
            check_formula(self.auto_scale_formula)
        if self.auto_scale_evaluation_interval is not UNSET:
            check_interval(self.auto_scale_evaluation_interval)


class EvaluateAutoScale(Body, kw_only=True):
    """A formula with mistakes is no wrong request: they are what was asked for."""

    auto_scale_formula: str

    def check(self) -> None:
        _check_length(self.auto_scale_formula)


def check_formula(text: str) -> None:
    """Raises AutoScalingFormulaTooLong or AutoScalingFormulaSyntaxError."""
    _check_length(text)
    try:
        parse(text)
    except FormulaSyntaxError as error:
        raise ServiceError(error.code, ("Message", error.detail)) from None


def check_interval(interval: Duration) -> None:
    """Raises InvalidPropertyValue."""
    if not _SHORTEST.length <= interval.length <= _LONGEST_INTERVAL.length:
        raise invalid_property(
            "autoScaleEvaluationInterval", "It must be from 5 minutes to 168 hours", str(interval)
        )


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise ServiceError("AutoScalingFormulaTooLong", ("MaxLimit", str(LONGEST)))
