"""Whatever is sent as a formula: an answer or one of the documented errors."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from batchtui.local.autoscale.evaluator import evaluate
from batchtui.local.autoscale.functions import _BY_ELEMENT, _OF_LISTS
from batchtui.local.autoscale.parser import parse
from batchtui.local.autoscale.trouble import FormulaError, FormulaSyntaxError
from batchtui.local.autoscale.values import INTERVALS
from batchtui.local.autoscale.variables import METRICS, OPTIONS

from .situations import situation

HISTORY = tuple(float(n % 7) for n in range(30))
FUNCTIONS = (*_OF_LISTS, *_BY_ELEMENT, "percentile", "val", "rand", "time", "stop", "nothing")
METHODS = ("GetSample", "GetSamplePercent", "GetSamplePeriod", "Count", "HistoryBeginTime")
CODES = ("AutoScalingFormulaEvaluationError", "InsufficientSampleData")

numbers = st.one_of(
    st.integers(0, 2**70).map(str), st.floats(0, allow_nan=False, allow_infinity=False).map(repr)
)
strings = st.text(st.characters(exclude_characters='"\n'), max_size=12).map(
    lambda text: f'"{text}"'
)
names = st.sampled_from(
    (*METRICS, *OPTIONS, *INTERVALS, "x", "y", "$TargetDedicatedNodes", "$TargetLowPriority")
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions out of expressions."""
    several = st.lists(inner, max_size=3).map(", ".join)
    signs = st.sampled_from(("+", "-", "*", "/", "<", "<=", "==", "!=", ">=", ">", "&&", "||"))
    parts = st.sampled_from(("year", "weekday", "second", "minute", "nothing"))
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("{} {} {}".format, inner, signs, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("{}{}".format, st.sampled_from("-!"), inner),
        st.builds("[{}]".format, several),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), several),
        st.builds("{}.{}({})".format, st.sampled_from(METRICS), st.sampled_from(METHODS), several),
        st.builds("({}).{}".format, inner, parts),
    )


expressions = st.recursive(st.one_of(numbers, strings, names), larger, max_leaves=12)
statements = st.builds("{} = {}".format, names, expressions)
formulas = st.lists(statements, min_size=1, max_size=6).map(";\n".join)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FormulaSyntaxError):
        parse(text)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*'()[]?:;,.+-*/<>=!&|"', "x", "1", "avg", "\n", " "])).map("".join)
)
def test_any_row_of_words_is_read_or_refused(text: str) -> None:
    with suppress(FormulaSyntaxError):
        evaluate(parse(text), situation(HISTORY))


@settings(deadline=None)
@given(formulas)
def test_any_formula_is_evaluated_or_says_why_not(text: str) -> None:
    verdict = evaluate(parse(text), situation(HISTORY))
    assert verdict.results.startswith("$TargetDedicatedNodes=")
    assert verdict.dedicated >= 0
    assert verdict.option in OPTIONS
    error: FormulaError | None = verdict.error
    if error:
        assert error.wire()["code"] in CODES
        assert (verdict.dedicated, verdict.spot) == (2, 0)
