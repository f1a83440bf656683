"""What can be wrong with a formula, in the service's words."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_SAYINGS = {
    "AutoScalingFormulaSyntaxError": "The specified auto-scaling formula has a syntax error",
    "AutoScalingFormulaEvaluationError": "The specified auto-scaling formula has evaluation error",
    "InsufficientSampleData": "Autoscale evaluation failed due to insufficient sample data",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a formula something stands; both counts begin with 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"Line {self.line}, Col {self.column}"


class FormulaError(Exception):
    """A formula that cannot be used: `code` is one of the service's, `detail` a sentence."""

    code = "AutoScalingFormulaEvaluationError"

    def __init__(self, place: Place, detail: str) -> None:
        self.detail = f"{place}: {detail}"
        super().__init__(self.detail)

    def wire(self) -> Json:
        """The `error` of an autoscale run; its values have names, not keys (recorded fact 18)."""
        values = [{"name": "Message", "value": self.detail}]
        return {"code": self.code, "message": _SAYINGS[self.code], "values": values}


class FormulaSyntaxError(FormulaError):
    """The text is no formula."""

    code = "AutoScalingFormulaSyntaxError"


class InsufficientDataError(FormulaError):
    """Fewer samples are there than the formula insists on."""

    code = "InsufficientSampleData"
