"""The language of formulas: what is documented, and what becomes of the rest."""

import pytest

from batchtui.local.autoscale.parser import MOST_STATEMENTS, parse
from batchtui.local.autoscale.trouble import FormulaSyntaxError

from .situations import decide, value


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1 + 2 * 3 - 4 / 8", "6.5"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("-2 * -3", "6"),
        ("!0 + !5", "1"),
        ("1 / 3", "0.333333333333333"),
        ("1e20 * 10", "1E+21"),
        ("1 / 0", "Infinity"),
        ("-1 / 0", "-Infinity"),
        ("0 / 0", "NaN"),
        ("1 < 2 && 2 >= 2", "1"),
        ("1 == 2 || 3 != 3", "0"),
        ("1 + 1 == 2", "1"),
        ("0 ? 1 : 0 ? 2 : 3", "3"),
        ("2 ? 1 ? 4 : 5 : 6", "4"),
        ('"a" < "b"', "1"),
        ('"text"', "text"),
        ("[1, 2, 3] * 2", "[2,4,6]"),
        ("[1, 2] + [3, 4]", "[4,6]"),
        ("2 * TimeInterval_Hour - 30 * TimeInterval_Minute", "01:30:00"),
        ("-TimeInterval_Day / 2", "-12:00:00"),
        ("TimeInterval_Week > TimeInterval_Day", "1"),
        ("TimeInterval_100ns", "00:00:00.0000001"),
        ("time()", "2016-10-14T18:36:43.282Z"),
        ("time() - time()", "00:00:00"),
        ('time("2016-10-15") - time("2016-10-13T12:00:00+02:00")', "1.14:00:00"),
        ('TimeInterval_Day + time("Fri, 14 Oct 2016 18:36:43 GMT")', "2016-10-15T18:36:43Z"),
        ("time().weekday * 100 + time().hour", "518"),
        ('time("2016-10-16").weekday', "0"),
        ("time() > time() - TimeInterval_Second", "1"),
    ],
)
def test_operators(expression: str, wanted: str) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("avg([1, 2, 3], 7)", "3.25"),
        ("len(1, [2, 3])", "3"),
        ("len()", "0"),
        ("lg(8)", "3"),
        ("lg([2, 8])", "[1,3]"),
        ("log(vec(100))", "[2]"),
        ("ln(1)", "0"),
        ("ln(0)", "-Infinity"),
        ("max(3, [1, 5])", "5"),
        ("min(3, [1, 5])", "1"),
        ("norm(3, 4)", "5"),
        ("percentile([4, 1, 3, 2], 50)", "2"),
        ("percentile([4, 1, 3, 2], 100)", "4"),
        ("range(3, 10, 5)", "7"),
        ("round(2.5) - round(-2.5)", "6"),
        ("ceil(1.2) + floor(1.8)", "3"),
        ("std(2, 4, 4, 4, 5, 5, 7, 9)", "2.1380899352994"),
        ("sum([1, 2], 3)", "6"),
        ("val([5, 6, 7], 1)", "6"),
        ("rand() >= 0 && rand() < 1", "1"),
    ],
)
def test_functions(expression: str, wanted: str) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("formula", "detail"),
    [
        ("something_useless", "Line 1, Col 1: Undefined symbol: something_useless"),
        ("x = 1;\n  y = x + $Nothing", "Line 2, Col 11: Undefined symbol: $Nothing"),
        ("x = f(1)", "Line 1, Col 5: Undefined function: f"),
        ("x = avg()", "Line 1, Col 5: The vector has no values"),
        ("x = val([1], 1)", "Line 1, Col 5: The vector has 1 values, and none at 1"),
        ("x = percentile([1], 101)", "Line 1, Col 5: A percentile lies between 0 and 100"),
        ("x = std(1)", "Line 1, Col 5: A standard deviation needs two values at least"),
        ("x = val(1, 1)", "Line 1, Col 5: Function val cannot be called with (double, double)"),
        ('x = time("noon")', 'Line 1, Col 5: "noon" is no time such as 2026-01-31T08:30:00Z'),
        (
            "x = 1 + TimeInterval_Day",
            "Line 1, Col 7: Operator '+' cannot be applied to a double and a timeinterval",
        ),
        ("x = [1] + [1, 2]", "Line 1, Col 9: The vectors differ in length: 1 and 2 values"),
        ("x = [1] == [1]", "Line 1, Col 9: Operator '==' cannot be applied to a doubleVec and a"),
        ("x = -requeue", "Line 1, Col 5: Operator '-' cannot be applied to a string"),
        ('x = "a" ? 1 : 2', "Line 1, Col 5: A condition must be a double, not a string"),
        ("x = TimeInterval_Year * 1e300", "Line 1, Col 23: The time interval is too long"),
        ("x = time().year.month", "Line 1, Col 17: A double has no member month"),
        ("x = time() + 9000 * TimeInterval_Year", "Line 1, Col 12: The timestamp is beyond"),
        ("$PendingTasks = 1", "Line 1, Col 1: $PendingTasks is read-only"),
        ("requeue = 1", "Line 1, Col 1: requeue is read-only"),
        ("$TargetDedicatedNodes = -1", "Line 1, Col 1: $TargetDedicatedNodes cannot be -1"),
        ("$TargetDedicatedNodes = 0/0", "Line 1, Col 1: $TargetDedicatedNodes cannot be NaN"),
        ("$TargetDedicatedNodes = [1]", "Line 1, Col 1: $TargetDedicatedNodes must be a double"),
        ("$NodeDeallocationOption = 1", "Line 1, Col 1: $NodeDeallocationOption must be one of"),
        ("x = $MemoryBytes.GetSample(1)", "Line 1, Col 5: This account takes no samples of $Mem"),
        ("x = $PendingTasks.Median()", "Line 1, Col 19: $PendingTasks has no method Median()"),
        ("x = $PendingTasks.GetSample()", "Line 1, Col 19: $PendingTasks has no method GetSample"),
    ],
)
def test_what_cannot_be_evaluated(formula: str, detail: str) -> None:
    """An error changes nothing about the pool, whatever was assigned before."""
    verdict = decide(f"{formula}")
    assert verdict.error
    assert verdict.error.detail.startswith(detail)
    assert verdict.error.wire()["code"] == "AutoScalingFormulaEvaluationError"
    assert (verdict.dedicated, verdict.spot) == (2, 0)


@pytest.mark.parametrize(
    ("formula", "detail"),
    [
        ("", "Line 1, Col 1: The formula has no statement"),
        ("// only a comment", "Line 1, Col 18: The formula has no statement"),
        ("$TargetDedicatedNodes = ", "Line 1, Col 25: Expected a value, found the end of the"),
        ("x = 1\ny = 2", "Line 2, Col 1: Expected ';', found 'y'"),
        ("x = 1 % 2", "Line 1, Col 7: Unexpected '%'"),
        ('x = "abc', "Line 1, Col 5: This string has no end"),
        ("x = (1", "Line 1, Col 7: Expected ')', found the end of the formula"),
        ("x = f(1 2)", "Line 1, Col 9: Expected ',', found '2'"),
        ("x = 1 ? 2", "Line 1, Col 10: Expected ':', found the end of the formula"),
        ("x = y.1", "Line 1, Col 6: Expected ';', found '.1'"),
        ("x == ", "Line 1, Col 6: Expected a value, found the end of the formula"),
        ("x = " + "(" * 40 + "1" + ")" * 40, "Line 1, Col 37: It is nested deeper than 32 levels"),
        ("x=1;" * (MOST_STATEMENTS + 1), "Line 1, Col 401: A formula has at most 100 statements"),
    ],
)
def test_what_is_no_formula(formula: str, detail: str) -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(formula)
    assert caught.value.detail.startswith(detail)


def test_results_name_the_service_s_variables_first() -> None:
    verdict = decide("b = 1; $c = [1, 2]; $TargetLowPriorityNodes = 4.9; a = time();")
    assert verdict.results == (
        "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=4;$NodeDeallocationOption=requeue;"
        "$c=[1,2];a=2016-10-14T18:36:43.282Z;b=1"
    )
    assert (verdict.dedicated, verdict.spot, verdict.option) == (2, 4, "requeue")


def test_the_full_name_of_a_target_outweighs_its_alias() -> None:
    assert decide("$TargetDedicated = 3").dedicated == 3
    assert decide("$TargetDedicatedNodes = 4; $TargetDedicated = 3").dedicated == 4
    assert decide("$TargetDedicated = 3; $TargetDedicatedNodes = 4").dedicated == 4
    assert decide("x = $CurrentDedicated + $TargetDedicated").results.endswith("x=4")


def test_stop_keeps_what_has_been_assigned() -> None:
    verdict = decide("$TargetDedicatedNodes = 5; stop(); $TargetDedicatedNodes = 9; y = nothing")
    assert (verdict.dedicated, verdict.error) == (5, None)


def test_only_the_chosen_side_is_evaluated() -> None:
    assert value("1 ? 2 : nothing") == "2"
    assert value("0 && nothing") == "0"
    assert value("1 || nothing") == "1"


def test_a_formula_cannot_grow_without_bound() -> None:
    verdict = decide("v = vec(1, 2);" + "v = vec(v, v);" * 90)
    assert verdict.error
    assert "computes more than" in verdict.error.detail
    assert len(verdict.results) < 1000


def test_a_long_formula_is_not_a_deep_one() -> None:
    assert value("1" + "+1" * 4000) == "4001"
    assert value("-" * 8000 + "1") == "1"
    assert value("0?1:" * 2000 + "7") == "7"
