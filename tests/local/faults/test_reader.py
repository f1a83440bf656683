"""Fault files are read strictly, and all mistakes are said at once."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from batchtui.local.faults.operations import BATCH, NAMES, batch_operation, storage_operation
from batchtui.local.faults.reader import read_faults
from batchtui.local.server import create_app
from batchtui.local.simulated.world_file import read_world
from batchtui.local.trouble import LocalAccountError
from batchtui.paths import fault_file, fault_files

if TYPE_CHECKING:
    from batchtui.local.world.rules import Rules


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faults.toml"


RESET = "[[faults]]\ndo = 'reset'\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[faults]]", r"faults\[0\]\.do: is missing; known are answer, away"),
        ("[[faults]]\ndo = 'rest'", r"faults\[0\]\.do: cannot be 'rest'; did you mean 'reset'\?"),
        (RESET + "stauts = 503", r"faults\[0\]\.stauts: is an unknown key"),
        (RESET + "metod = 'GET'", r"faults\[0\]\.metod: .* did you mean 'method'\?"),
        ("[[faults]]\ndo = 'answer'", r"faults\[0\]\.status: is missing"),
        ("[[faults]]\ndo = 'answer'\nstatus = 200", r"faults\[0\]\.status: .*400"),
        (RESET + "share = 1.5", r"faults\[0\]\.share: .*1"),
        (RESET + "share = 'half'", r"faults\[0\]\.share: "),
        (RESET + "service = 'blob'", r"service: cannot be 'blob'; known are batch, storage"),
        (RESET + "operation = 'CreatePol'", r"operation: no operation is .* 'CreatePool'\?"),
        (RESET + "operation = 'Make*'", r"operation: no operation is 'Make\*'"),
        (
            RESET + "service = 'storage'\noperation = 'CreatePool'",
            r"no operation of storage is 'CreatePool'",
        ),
        (RESET + "nth = 'third'", r"nth: cannot be 'third'; write a number, \[1, 4\]"),
        (RESET + "nth = '5-2'", r"nth: cannot be '5-2'"),
        (RESET + "nth = 0", r"faults\[0\]\.nth\[0\]: .*1"),
        (RESET + "nth = '0-4'", r"nth: cannot be '0-4'"),
        (RESET + "nth = true", r"faults\[0\]\.nth: "),
        (RESET + "from = 9\nuntil = 9", r"until: must be later than from, which is 9"),
        (RESET + "from = -1", r"faults\[0\]\.from: "),
        (RESET + "times = 0", r"faults\[0\]\.times: "),
        (RESET + "at = 'body'", r"at: cannot be 'body'; did you mean 'in_body'\?"),
        (RESET + "at = 'in_body'\ncarried_out = false", r"carried_out: cannot be false where at"),
        (
            "[[faults]]\ndo = 'wrong_body'\nbody = 'empty'\ncarried_out = false",
            r"carried_out: cannot be false: empty is made of the true answer",
        ),
        (
            "[[faults]]\ndo = 'answer'\nstatus = 503\nretry_after = 1\nretry_after_date = 2",
            r"retry_after_date: cannot stand beside retry_after",
        ),
        (
            "[[faults]]\ndo = 'answer'\nstatus = 503\nbody = '{}'\ncode = 'X'",
            r"body: cannot stand beside code and message",
        ),
        ("[[faults]]\ndo = 'away'", r"until: is missing: say until when, or with seconds"),
        ("[[faults]]\ndo = 'away'\nuntil = 5\nnth = 2", r"nth: goes with seconds only"),
        ("[[faults]]\ndo = 'away'\nuntil = 5\nshare = 0.5", r"share: goes with seconds only"),
        ("[[faults]]\ndo = 'limit'\nrate = 0", r"faults\[0\]\.rate: "),
        ("[[faults]]\ndo = 'hold'\nfile = ''", r"faults\[0\]\.file: "),
        ("faults = 3", r"faults: must be a list of tables"),
        ("faults = [3]", r"faults\[0\]: must be a table"),
        ("seed = 'x'", r"seed: "),
        ("speed = 1", r"speed: is an unknown key; did you mean 'seed'\?"),
        ("[[faults", "not valid TOML"),
    ],
)
def test_a_mistake_is_said_with_its_file_and_key(file: Path, text: str, wrong: str) -> None:
    file.write_text(text)
    with pytest.raises(LocalAccountError, match=wrong) as caught:
        read_faults(file)
    assert str(file) in str(caught.value)


def test_all_mistakes_are_said_at_once(file: Path) -> None:
    file.write_text(
        f"sed = 1\n[[faults]]\ndo = 'rest'\n{RESET}share = 2\n{RESET}nth = 'x'\nuntil = 0"
    )
    with pytest.raises(LocalAccountError) as caught:
        read_faults(file)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(f"{file}: ").partition(":")[0] for line in lines] == [
        "sed",
        "faults[0].do",
        "faults[1].share",
        "faults[2].nth",
        "faults[2].until",
    ]


def test_a_missing_file_is_said(file: Path) -> None:
    with pytest.raises(LocalAccountError, match="cannot be read: No such file"):
        read_faults(file)


def test_an_empty_file_is_fair_weather(file: Path) -> None:
    file.touch()
    assert read_faults(file).rules == ()


def test_the_files_that_come_along_are_right() -> None:
    assert [file.stem for file in fault_files()] == ["lost-answers", "storm", "throttled"]
    for file in fault_files():
        assert read_faults(file).rules, file
    assert fault_file("storm") == fault_files()[1]
    assert fault_file("calm") is None


def test_a_world_may_have_faults(tmp_path: Path) -> None:
    file = tmp_path / "world.toml"
    pool = "name = 'w'\nseed = 4\n[[pools]]\nid = 'p'\n"
    file.write_text(pool + RESET)
    assert read_world(file).name == "w"
    faults = read_faults(file, in_world=True)
    assert (len(faults.rules), faults.seed) == (1, 4)
    # A fault file is not a world.
    with pytest.raises(LocalAccountError, match=r"name: is an unknown key"):
        read_faults(file)
    file.write_text(pool + RESET + "share = 3")
    with pytest.raises(LocalAccountError, match=r"faults\[0\]\.share"):
        read_world(file)


def test_every_route_of_the_batch_service_has_a_name_and_every_name_a_route() -> None:
    routes = {
        (route.method, route.resource.canonical)
        for route in create_app(cast("Rules", None)).router.routes()
        if route.resource is not None
    }
    assert routes == set(BATCH)
    assert all(batch_operation(*route) for route in routes)


@pytest.mark.parametrize(
    ("request_", "operation"),
    [
        ("PUT /s/box?restype=container", "CreateContainer"),
        ("DELETE /s/box?restype=container&sig=x", "DeleteContainer"),
        ("GET /s/box?restype=container&comp=list&prefix=a", "ListBlobs"),
        ("GET /s?comp=list", "ListContainers"),
        ("GET /s/?comp=list", "ListContainers"),
        ("HEAD /s/box?restype=container", "GetContainerProperties"),
        ("PUT /s/box/a/b.txt?sv=1&sig=x", "PutBlob"),
        ("PUT /s/box/b?comp=block&blockid=MQ%3D%3D", "PutBlock"),
        ("PUT /s/box/b?comp=blocklist", "PutBlockList"),
        ("GET /s/box/b", "GetBlob"),
        ("HEAD /s/box/b", "GetBlobProperties"),
        ("DELETE /s/box/b", "DeleteBlob"),
        ("BREW /s/box/b", ""),
    ],
)
def test_requests_to_storage_have_names(request_: str, operation: str) -> None:
    method, _, target = request_.partition(" ")
    path, _, query = target.partition("?")
    assert storage_operation(method, path, query, ()) == operation
    if operation:
        assert operation in {name for names in NAMES.values() for name in names}


def test_a_copy_is_no_upload() -> None:
    headers = ("X-Ms-Copy-Source",)
    assert storage_operation("PUT", "/s/box/b", "", headers) == "CopyBlob"
