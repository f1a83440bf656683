"""`clean` and `list runs` find what this machine's ledger does not know, and other accounts' runs
are left alone."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from batchtui.core.ledger import Ledger, Record
from batchtui.core.profile import ConfigError
from batchtui.core.run.ownership import container_labels, labels
from batchtui.core.states import TaskState
from tests.cli.scenes import Terminal
from tests.cli.test_commands import all_records, run_id
from tests.fakes import Outcome as TaskOutcome
from tests.fakes import refused, unreachable


def runs(terminal: Terminal) -> Ledger:
    return Ledger(terminal.output.parent / "runs")


def left_by_another_machine(terminal: Terminal, *, hours: float = 3) -> str:
    """The id of a run that left everything and is in no ledger, some hours later."""
    _, out, _ = terminal.run("--keep")
    shutil.rmtree(runs(terminal).folder)
    aged(terminal, hours)
    terminal.chosen = True
    return run_id(out)


def aged(terminal: Terminal, hours: float) -> None:
    """Let everything in the account be so many hours old."""
    world, storage = terminal.account.batch.world, terminal.account.storage
    then = datetime.now(UTC) - timedelta(hours=hours)
    for pool in world.pools.values():
        pool.created = then
    for job in world.jobs.values():
        job.created = then
    storage.written = then


def everything(terminal: Terminal) -> int:
    world = terminal.account.batch.world
    terminal.account.batch.step()
    return len(terminal.account.storage.held) + len(world.pools) + len(world.jobs)


@pytest.mark.fault("4.1", "4.2", "4.3")
def test_a_run_of_a_machine_that_is_gone_is_listed_and_cleaned(terminal: Terminal) -> None:
    name = left_by_another_machine(terminal)
    code, out, _ = terminal("list", "runs", "--json")
    assert code == 0
    row = json.loads(out)
    assert (row["run"], row["recipe"], row["account"]) == (name, "count", "fake")
    assert (row["outcome"], row["nodes"], row["age"]) == ("of another machine", 2, "3 h")
    assert f"pool count-{name}" in row["left"]

    code, _, err = terminal("clean", "--yes")
    assert code == 0
    assert re.search(
        rf"Run {name}, which this machine knows nothing of, left .*: 3 h old, 2 nodes\.", err
    )
    assert everything(terminal) == 0
    assert terminal("clean", "--yes")[2].endswith("No run left anything.\n")


def test_it_is_asked_about_unless_yes_is_said(terminal: Terminal) -> None:
    name = left_by_another_machine(terminal)
    code, _, err = terminal("clean", name)
    assert code == 0
    assert f"Delete pool count-{name}? Nobody can be asked here" in err
    assert everything(terminal) == 5
    assert terminal("clean", name, "--yes")[0] == 0
    assert everything(terminal) == 0


def test_a_run_that_may_be_under_way_elsewhere_has_to_be_named(terminal: Terminal) -> None:
    name = left_by_another_machine(terminal, hours=0.2)
    _, _, err = terminal("clean", "--yes")
    assert f"Run {name} of another machine may be under way and is left alone: it began" in err
    assert everything(terminal) == 5

    aged(terminal, 5)
    job = terminal.account.batch.world.jobs[f"count-{name}"]
    task = job.tasks["count-0"]
    task.state, task.outcome = TaskState.RUNNING, TaskOutcome(steps=10**9)
    _, _, err = terminal("clean", "--yes")
    assert f"1 task of its job count-{name} wait or run" in err
    assert everything(terminal) == 5
    assert terminal("clean", name, "--yes")[0] == 0
    assert everything(terminal) == 0


def test_what_carries_no_id_is_nobodys_to_clean(terminal: Terminal) -> None:
    left_by_another_machine(terminal)
    world, storage = terminal.account.batch.world, terminal.account.storage
    for pool in world.pools.values():
        pool.spec = replace(pool.spec, metadata=())
    for job in world.jobs.values():
        job.spec = replace(job.spec, metadata=())
    storage.labels.clear()
    assert terminal("clean", "--yes")[2].endswith("No run left anything.\n")
    assert everything(terminal) == 5


@pytest.mark.fault("4.1")
def test_what_the_ledger_has_less_of_is_found(terminal: Terminal) -> None:
    """As older versions left it, where the answer to a creation was lost."""
    _, out, _ = terminal.run("--yes")
    name = run_id(out)
    terminal.account.storage.put("orphan")
    terminal.account.storage.labels["orphan"] = container_labels(name, "count")
    assert terminal("clean", name)[2].endswith(
        "Delete container orphan? Nobody can be asked here, so no; --yes deletes.\n"
    )
    terminal.chosen = True
    assert terminal("clean", "--yes")[0] == 0
    assert everything(terminal) == 0


def test_both_spellings_of_the_label_are_read(terminal: Terminal) -> None:
    terminal.chosen = True
    terminal.account.storage.put("box")
    terminal.account.storage.labels["box"] = {pair.name: pair.value for pair in labels("r9", "x")}
    aged(terminal, 2)
    assert "r9" in terminal("list", "runs")[1]
    assert terminal("clean", "r9", "--yes")[0] == 0
    assert everything(terminal) == 0


def test_an_id_that_nobody_knows(terminal: Terminal) -> None:
    code, _, err = terminal("clean", "zzz")
    assert code == 2
    assert "There is no run 'zzz'" in err
    terminal.chosen = True
    code, _, err = terminal("clean", "zzz")
    assert code == 2
    assert "Neither this machine nor account fake knows a run 'zzz'" in err


def test_runs_are_listed_though_the_account_is_out_of_reach(terminal: Terminal) -> None:
    _, out, _ = terminal.run("--keep")
    terminal.chosen = True
    terminal.account.calls.down(unreachable("Could not list pools: away."))
    code, listed, err = terminal("list", "runs")
    assert code == 3
    assert run_id(out) in listed
    assert "Runs of other machines are not known. Could not list pools: away." in err


@pytest.mark.fault("3.11")
def test_a_profile_that_is_gone_keeps_no_other_from_being_cleaned(terminal: Terminal) -> None:
    terminal.endpoint = "https://gone.example"
    _, out, _ = terminal.run("--keep", "--profile", "gone")
    gone = run_id(out)
    terminal.endpoint = "https://fake"
    terminal.run("--keep", "--profile", "here")
    terminal.closed["gone"] = ConfigError("there is no profile 'gone'")
    code, _, err = terminal("clean", "--yes")
    assert code == 2
    assert f"Left alone: {gone}. there is no profile 'gone'" in err
    assert everything(terminal) == 5
    assert [record.run_id for record in all_left(terminal)] == [gone]


@pytest.mark.fault("3.11")
def test_accounts_of_one_name_in_two_regions_are_two_accounts(terminal: Terminal) -> None:
    terminal.label, terminal.endpoint = "acct", "https://acct.westeurope.batch.azure.com"
    _, out, _ = terminal.run("--keep", "--profile", "west")
    name = run_id(out)
    terminal.endpoint = "https://acct.eastus.batch.azure.com"
    for words in (["clean", "--yes", "--profile", "east"], ["clean", name, "--yes"],
                  ["wait", name, "--yes"]):  # fmt: skip
        _, _, err = terminal(*words)
        assert "acct.westeurope" in err
        assert everything(terminal) == 5
    terminal.endpoint = "https://ACCT.westeurope.batch.azure.com/"
    assert terminal("clean", "--yes")[0] == 0
    assert everything(terminal) == 0


@pytest.mark.fault("3.11")
@pytest.mark.parametrize(
    ("there", "same"),
    [
        ("http://127.0.0.1:40000", True),
        ("http://localhost:1", True),
        ("http://[::1]:5", True),
        ("https://local.eastus.batch.azure.com", False),
    ],
)
def test_a_local_account_is_the_same_on_another_port(
    terminal: Terminal, there: str, same: bool
) -> None:
    terminal.label, terminal.endpoint = "local", "http://127.0.0.1:39999"
    terminal.run("--keep")
    (record,) = all_left(terminal)
    assert record.is_of("local", there) is same
    assert not record.is_of("other", there)


@pytest.mark.fault("3.2")
def test_runs_with_outputs_that_were_not_fetched_have_to_be_named(terminal: Terminal) -> None:
    denied = refused("Denied.", status=403, code="AuthorizationPermissionMismatch")
    terminal.account.calls.fail("download", denied)
    code, out, _ = terminal.run("--yes")
    name = run_id(out)
    assert code == 3
    assert "Not fetched: output a_OUT.txt of container" in out
    assert f"`batchtui wait {name}` fetches the outputs again." in out
    code, _, err = terminal("clean", "--yes")
    assert code == 0
    assert f"Run {name} is left alone: 1 output could not be fetched" in err
    assert everything(terminal) == 5
    assert terminal("clean", name, "--yes")[0] == 0
    assert everything(terminal) == 0


def test_clean_deletes_nothing_of_a_read_only_account(terminal: Terminal) -> None:
    _, out, _ = terminal.run("--keep")
    terminal.read_only = True
    for words in (["clean", run_id(out), "--yes"], ["wait", run_id(out), "--yes"]):
        code, _, err = terminal(*words)
        assert code == 2
        assert "the profile is read-only" in err
    assert everything(terminal) == 5


def all_left(terminal: Terminal) -> list[Record]:
    """The runs that left something, as the ledger says."""
    return [record for record in all_records(runs(terminal)) if record.left]
