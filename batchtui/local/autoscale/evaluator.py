"""Evaluates a formula against one pool at one time."""

from collections.abc import Mapping
from dataclasses import dataclass

from batchtui.local.autoscale.functions import StopError, call, flattened
from batchtui.local.autoscale.metrics import Metric
from batchtui.local.autoscale.operators import apply, negate, truth
from batchtui.local.autoscale.samples import History
from batchtui.local.autoscale.tree import (
    Call,
    Chain,
    Choice,
    Expression,
    Formula,
    Member,
    Name,
    Number,
    Path,
    Statement,
    Text,
    Unary,
    Vector,
)
from batchtui.local.autoscale.trouble import FormulaError, Place
from batchtui.local.autoscale.values import OutOfRangeError, Timestamp, Value, type_name
from batchtui.local.autoscale.variables import (
    CONSTANTS,
    METRIC_ALIASES,
    METRICS,
    UNSAMPLED,
    Variables,
)

_MOST_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class Situation:
    """What a formula can know: `present` has the present value of each metric that there is."""

    now: Timestamp
    history: History
    present: Mapping[str, float]
    dedicated: int
    spot: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a formula decided. With an error the targets are those that the pool has."""

    dedicated: int
    spot: int
    option: str
    results: str
    error: FormulaError | None = None


def evaluate(formula: Formula, situation: Situation) -> Verdict:
    """Run a formula. What goes wrong is in the verdict: nothing is raised."""
    variables = Variables(situation.dedicated, situation.spot)
    evaluator = _Evaluator(situation, variables)
    error = None
    try:
        for statement in formula:
            evaluator.carry_out(statement)
    except StopError:
        pass
    except FormulaError as found:
        error = found
    kept = Variables(situation.dedicated, situation.spot) if error else variables
    return Verdict(kept.dedicated, kept.spot, kept.option, variables.results(), error)


class _Evaluator:
    def __init__(self, situation: Situation, variables: Variables) -> None:
        self._situation = situation
        self._variables = variables
        self._left = _MOST_VALUES

    def carry_out(self, statement: Statement) -> None:
        value = self._value(statement.value)
        if statement.name:
            self._variables.assign(statement.name, value, statement.place)

    def _value(self, expression: Expression) -> Value:
        value = self._computed(expression)
        # Vectors can double in each statement; no formula may hold the account up.
        self._left -= 1 + (len(value) if isinstance(value, tuple) else 0)
        if self._left < 0:
            raise FormulaError(
                expression.place, f"The formula computes more than {_MOST_VALUES} values"
            )
        return value

    def _values(self, expressions: tuple[Expression, ...]) -> list[Value]:
        return [self._value(expression) for expression in expressions]

    def _computed(self, expression: Expression) -> Value:
        match expression:
            case Number() | Text():
                return expression.value
            case Name():
                return self._named(expression)
            case Vector(place, items):
                try:
                    return flattened(self._values(items))
                except OutOfRangeError as error:
                    raise FormulaError(place, str(error)) from None
            case Call(place, name, arguments):
                return call(name, self._values(arguments), self._situation.now, place)
            case Path():
                return self._member(expression)
            case Unary(place, signs, operand):
                value = self._value(operand)
                for sign in reversed(signs):
                    value = negate(sign, value, place)
                return value
            case Chain():
                return self._chain(expression)
            case Choice(_, cases, rest):
                for condition, then in cases:
                    if truth(self._value(condition), condition.place):
                        return self._value(then)
                return self._value(rest)

    def _named(self, name: Name) -> Value:
        value = self._variables.get(name.name)
        if value is not None:
            return value
        if name.name in CONSTANTS:
            return CONSTANTS[name.name]
        return self._situation.present[self._metric(name)]

    def _metric(self, name: Name) -> str:
        metric = METRIC_ALIASES.get(name.name, name.name)
        if metric in self._situation.present:
            return metric
        if metric in METRICS or metric in UNSAMPLED:
            raise FormulaError(name.place, f"This account takes no samples of {metric}")
        raise FormulaError(name.place, f"Undefined symbol: {name.name}")

    def _member(self, path: Path) -> Value:
        members = path.members
        base = path.base
        if isinstance(base, Name) and self._is_metric(base):
            situation = self._situation
            metric = Metric(self._metric(base), situation.history, situation.now)
            first, *rest = members
            arguments = None if first.arguments is None else self._values(first.arguments)
            value = metric.ask(first.name, arguments, first.place)
        else:
            value, rest = self._value(base), list(members)
        for member in rest:
            value = _part(value, member)
        return value

    def _is_metric(self, name: Name) -> bool:
        return self._variables.get(name.name) is None and name.name not in CONSTANTS

    def _chain(self, chain: Chain) -> Value:
        value = self._value(chain.first)
        for step in chain.steps:
            if step.sign in ("&&", "||"):
                value = self._logical(step.sign, value, step.operand, step.place)
            else:
                value = apply(step.sign, value, self._value(step.operand), step.place)
        return value

    def _logical(self, sign: str, left: Value, operand: Expression, place: Place) -> Value:
        """The right side is looked at only where the left does not decide."""
        if truth(left, place) == (sign == "||"):
            return float(sign == "||")
        return float(truth(self._value(operand), operand.place))


def _part(value: Value, member: Member) -> Value:
    if isinstance(value, Timestamp) and member.arguments is None:
        part = value.member(member.name)
        if part is not None:
            return part
    raise FormulaError(member.place, f"A {type_name(value)} has no member {member.name}")
