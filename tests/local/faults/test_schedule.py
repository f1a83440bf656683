"""Which requests are struck: no account, no clock, no chance."""

from pathlib import Path

import pytest

from batchtui.local.faults.model import AccountService, FaultSet
from batchtui.local.faults.reader import read_faults
from batchtui.local.faults.schedule import FaultSchedule, RequestFacts

BATCH, STORAGE = AccountService.BATCH, AccountService.STORAGE
CREATE = RequestFacts(BATCH, "POST", "/pools", "CreatePool", "sdk/1")
LIST = RequestFacts(BATCH, "GET", "/jobs/a%20b/tasks", "ListTasks", "sdk/1")
PUT = RequestFacts(STORAGE, "PUT", "/store/box/a/b.txt", "PutBlob", "curl/8")


def of(tmp_path: Path, text: str) -> FaultSet:
    file = tmp_path / "faults.toml"
    file.write_text(text)
    return read_faults(file)


def struck(
    faults: FaultSet, requests: list[RequestFacts], times: list[float] | None = None
) -> list[int]:
    """The numbers of the requests that are struck, the first of them 1."""
    schedule = FaultSchedule(faults)
    at = times or [1.0] * len(requests)
    return [
        number
        for number, (request, now) in enumerate(zip(requests, at, strict=True), 1)
        if schedule.strikes(request, now)
    ]


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        ("", [1, 2, 3]),
        ("service = 'storage'", [3]),
        ("method = 'get'", [2]),
        ("method = ['PUT', 'POST']", [1, 3]),
        ("operation = 'Create*'", [1]),
        ("operation = ['PutBlob', 'ListTasks']", [2, 3]),
        ("path = '/jobs/a b/*'", [2]),
        ("path = '*/box/*.txt'", [3]),
        ("user_agent = 'curl/*'", [3]),
        ("operation = 'Create*'\nmethod = 'GET'", []),
    ],
)
def test_a_fault_strikes_what_it_names(tmp_path: Path, selection: str, wanted: list[int]) -> None:
    faults = of(tmp_path, f"[[faults]]\ndo = 'reset'\n{selection}")
    assert struck(faults, [CREATE, LIST, PUT]) == wanted


@pytest.mark.parametrize(
    ("nth", "wanted"),
    [
        ("3", [3]),
        ("[1, 4]", [1, 4]),
        ("'2-5'", [2, 3, 4, 5]),
        ("'10-'", [10, 11, 12]),
        ("'7'", [7]),
        ("'every 5'", [5, 10]),
        ("'every'", list(range(1, 13))),
    ],
)
def test_the_nth_of_those_that_match(tmp_path: Path, nth: str, wanted: list[int]) -> None:
    faults = of(tmp_path, f"[[faults]]\ndo = 'reset'\noperation = 'CreatePool'\nnth = {nth}")
    assert struck(faults, [CREATE] * 12) == wanted
    # Others in between are not counted.
    mixed = [request for _ in range(12) for request in (LIST, CREATE)]
    assert struck(faults, mixed) == [2 * number for number in wanted]


def test_a_fault_is_in_force_between_two_times_and_counts_only_then(tmp_path: Path) -> None:
    faults = of(tmp_path, "[[faults]]\ndo = 'reset'\nfrom = 10\nuntil = 20\nnth = [1, 2]")
    assert struck(faults, [LIST] * 6, [0, 9.99, 10, 12, 13, 20]) == [3, 4]
    faults = of(tmp_path, "[[faults]]\ndo = 'reset'\nfrom = 10\ntimes = 2")
    assert struck(faults, [LIST] * 5, [1, 11, 12, 13, 14]) == [2, 3]


def test_a_seed_repeats_and_another_one_does_not(tmp_path: Path) -> None:
    def with_seed(seed: int) -> list[int]:
        text = f"seed = {seed}\n[[faults]]\ndo = 'reset'\nshare = 0.5"
        return struck(of(tmp_path, text), [LIST] * 200)

    assert with_seed(1) == with_seed(1)
    assert with_seed(1) != with_seed(2)
    assert 70 < len(with_seed(1)) < 130


def test_requests_of_other_kinds_in_between_change_nothing_in_what_is_drawn(
    tmp_path: Path,
) -> None:
    faults = of(tmp_path, "seed = 3\n[[faults]]\ndo = 'reset'\nshare = 0.3")
    schedule, other = FaultSchedule(faults), FaultSchedule(faults)
    alone = [bool(schedule.strikes(CREATE, 1.0)) for _ in range(50)]
    mixed = []
    for _ in range(50):
        other.strikes(LIST, 1.0)
        mixed.append(bool(other.strikes(CREATE, 1.0)))
        other.strikes(PUT, 1.0)
    assert alone == mixed
    assert any(alone)
    assert not all(alone)


def test_jitter_repeats_too(tmp_path: Path) -> None:
    faults = of(tmp_path, "[[faults]]\ndo = 'delay'\nseconds = 1\njitter = 1")
    drawn = []
    for _ in range(2):
        schedule = FaultSchedule(faults)
        strikes = [schedule.strikes(LIST, 1.0)[0] for _ in range(5)]
        drawn.append([strike.dice.uniform(-1, 1) for strike in strikes])
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 5


def test_a_share_of_nothing_and_of_all(tmp_path: Path) -> None:
    assert struck(of(tmp_path, "[[faults]]\ndo = 'reset'\nshare = 0"), [LIST] * 50) == []
    assert len(struck(of(tmp_path, "[[faults]]\ndo = 'reset'\nshare = 1"), [LIST] * 50)) == 50


def test_a_rate_is_kept(tmp_path: Path) -> None:
    faults = of(tmp_path, "[[faults]]\ndo = 'limit'\nrate = 2\nburst = 3")
    # Three at once, then one each half second; the fourth may come again after half a second.
    assert struck(faults, [LIST] * 6, [0, 0, 0, 0, 0.5, 0.6]) == [4, 6]
    schedule = FaultSchedule(faults)
    waits = [strike.seconds for _ in range(4) for strike in schedule.strikes(LIST, 0.0)]
    assert waits == [0.5]


def test_the_first_that_keeps_a_request_from_the_service_is_the_last(tmp_path: Path) -> None:
    text = """
    [[faults]]
    name = "a"
    do = "delay"
    seconds = 1
    [[faults]]
    name = "b"
    do = "answer"
    status = 503
    nth = 1
    [[faults]]
    name = "c"
    do = "reset"
    times = 1
    [[faults]]
    name = "d"
    do = "answer"
    status = 500
    carried_out = true
    nth = 2
    [[faults]]
    name = "e"
    do = "slow"
    rate = 1
    """
    schedule = FaultSchedule(of(tmp_path, text))
    names = [[strike.name for strike in schedule.strikes(LIST, 1.0)] for _ in range(3)]
    # The hidden fault struck nothing, and its one time is left for the next request.
    assert names == [["a", "b"], ["a", "c"], ["a", "e"]]


def test_a_service_is_away_between_two_times_or_after_a_request(tmp_path: Path) -> None:
    text = """
    [[faults]]
    do = "away"
    service = "batch"
    from = 10
    until = 20
    [[faults]]
    do = "away"
    operation = "CreatePool"
    nth = 2
    seconds = 30
    """
    schedule = FaultSchedule(of(tmp_path, text))
    assert schedule.next_change(BATCH, 0.0) == 10
    assert schedule.next_change(STORAGE, 0.0) is None
    assert [schedule.is_away(BATCH, now) for now in (9.9, 10, 19.9, 20)] == [
        False,
        True,
        True,
        False,
    ]
    assert schedule.next_change(BATCH, 10.0) == 20
    assert [bool(schedule.strikes(CREATE, 40.0)) for _ in range(3)] == [False, True, False]
    assert [schedule.is_away(service, 69.9) for service in AccountService] == [True, True]
    assert schedule.next_change(STORAGE, 41.0) == 70
    assert not schedule.is_away(STORAGE, 70.0)


def test_stale_answers_are_counts_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    counts = RequestFacts(BATCH, "GET", "/jobs/j/taskcounts", "GetJobTaskCounts")
    faults = of(tmp_path, "[[faults]]\ndo = 'stale'\nseconds = 5")
    assert struck(faults, [LIST, counts]) == [2]
    faults = of(tmp_path, "[[faults]]\ndo = 'stale'\nseconds = 5\noperation = 'ListTasks'")
    assert struck(faults, [LIST, counts]) == [1]
