"""The command line as scripts and people use it, over the fake account."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from batchtui.cli.main import main
from batchtui.core.gateway import Gateway
from batchtui.core.ledger import Ledger, LedgerError, Record
from batchtui.core.ledger import Outcome as RunOutcome
from tests.cli.scenes import Terminal
from tests.fakes import Outcome, refused, unreachable
from tests.fakes.storage import SIGNATURE


def run_id(text: str) -> str:
    found = re.search(r"Run (\w+):", text)
    assert found is not None
    return found[1]


def test_a_run_in_a_pipe_says_a_line_for_each_step(terminal: Terminal) -> None:
    code, out, err = terminal.run("--yes", "--profile", "x")
    assert code == 0
    name = run_id(out)
    assert err == "Opening profile x.\n"
    lines = out.splitlines()
    assert lines[1] == f"Created container count-{name}-app"
    assert f"Uploaded 3 files (60 B) to container count-{name}-in" in lines
    assert "Submitted 3 tasks" in lines
    assert any(line.startswith("3 of 3 tasks succeeded, 0 failed, in ") for line in lines)
    assert f"Deleted pool count-{name}" in lines
    assert lines[-1].startswith("All tasks succeeded after ")
    assert (terminal.output / "a_OUT.txt").exists()


def test_json_is_one_object_per_line_and_nothing_else(terminal: Terminal) -> None:
    code, out, _ = terminal.run("--json")
    assert code == 0
    events = [json.loads(line) for line in out.splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["started", "ended"]
    assert {kept["kind"] for kept in events if kept["event"] == "kept"} == {"job", "pool"}
    assert SIGNATURE not in out


def test_without_a_terminal_what_would_be_asked_is_kept_and_said(terminal: Terminal) -> None:
    code, out, err = terminal.run()
    assert code == 0
    name = run_id(out)
    assert f"Delete pool count-{name}? Nobody can be asked here, so no; --yes deletes." in err
    assert f"Left: pool count-{name}; job count-{name}." in out
    assert list(terminal.account.batch.world.pools) == [f"count-{name}"]


def test_questions_name_the_thing_and_default_to_no(terminal: Terminal) -> None:
    terminal.types("y\n\n")
    code, out, err = terminal.run()
    name = run_id(out)
    assert code == 0
    assert f"Delete job count-{name}? [y/N] Delete pool count-{name}? [y/N] " in err
    assert f"Deleted job count-{name}" in out
    assert f"Kept pool count-{name}" in out


def test_failed_tasks_are_exit_code_1_with_their_last_words(terminal: Terminal) -> None:
    terminal.account.batch.outcomes["count-1"] = Outcome(exit_code=7, stderr=b"no such word\n")
    terminal.account.batch.outcomes = dict(reversed(terminal.account.batch.outcomes.items()))
    code, out, _ = terminal.run("--yes")
    assert code == 1
    assert "Task count-1 failed on node tvm-d-" in out
    assert ": exit code 7\n    | no such word\n" in out
    assert "2 of 3 tasks succeeded, 1 failed" in out


@pytest.mark.fault("1.16")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--set", "wrods=5"], "--set wrods: no such parameter; did you mean 'words'?"),
        (["--set", "words"], "write it like --set words=5"),
        (["--output", __file__], f"--output {__file__}: nothing can be written to"),
        (["--output", f"{__file__}/x"], f"nothing can be written to {__file__}; choose another"),
        (["--output", "x" * 300], "File name too long; choose another folder."),
        (["--output", f"{'x' * 300}/y"], "File name too long; choose another folder."),
        (["--output", "ä" * 200], "File name too long; choose another folder."),
        (["--output", "/".join(["x" * 200] * 30)], "File name too long; choose another folder."),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(
    terminal: Terminal, words: list[str], sentence: str
) -> None:
    code, out, err = terminal.run(*words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert not terminal.account.calls.made


@pytest.mark.fault("1.16")
@pytest.mark.parametrize("place", ["x" * 300, f"{'x' * 300}/y", "ä" * 200])
@pytest.mark.parametrize("command", [["run"], ["local", "--faults"], ["local", "--world"]])
def test_a_name_that_is_too_long_is_a_sentence(
    terminal: Terminal, command: list[str], place: str
) -> None:
    code, out, err = terminal(*command, place)
    assert (code, out) == (2, "")
    assert place in err


def test_a_wrong_recipe_is_exit_code_2_and_names_file_key_and_nearest(terminal: Terminal) -> None:
    terminal.spoil("vm_size", "vm_siez")
    code, _, err = terminal.run()
    assert code == 2
    assert f"{terminal.recipe}/recipe.toml: pool.vm_siez: is an unknown key; did you" in err
    code, _, err = terminal("run", "topnwrods")
    assert code == 2
    assert "There is no recipe 'topnwrods', here or shipped; did you mean 'topnwords'?" in err


def test_check_asks_no_account(terminal: Terminal) -> None:
    code, out, err = terminal.run("--check")
    assert (code, err) == (0, "")
    assert "is right: 4 files (68 B) to upload, 3 tasks on pool count-" in out
    assert not terminal.account.calls.made


@pytest.mark.fault("6.5")
def test_what_may_not_be_meant_is_a_warning_on_stderr(terminal: Terminal) -> None:
    terminal.spoil('command = "count.py {', 'command = "count.py > $HOME/x {')
    code, out, err = terminal.run("--check")
    assert code == 0
    assert "is right: " in out
    assert "recipe.toml: tasks[0].command: '>' is passed on as an argument" in err
    assert "recipe.toml: tasks[0].command: '$HOME' is passed on as it stands" in err
    assert err.count("Warning: ") == 2


@pytest.mark.fault("5.4")
def test_links_out_of_the_folder_are_uploaded_only_where_allowed(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_text("outside")
    (terminal.recipe / "texts" / "d.txt").symlink_to(tmp_path / "outside")
    code, _, err = terminal.run("--check")
    assert code == 2
    assert "d.txt: a link leads out of the recipe's folder, to" in err
    code, out, _ = terminal.run("--check", "--allow-outside")
    assert (code, "5 files" in out) == (0, True)
    code, _, _ = terminal.run("--yes", "--allow-outside")
    assert code == 0


@pytest.mark.fault("1.14")
def test_a_timeout_beyond_the_calendar_is_refused(terminal: Terminal) -> None:
    terminal.spoil('"20m"', '"9999999d"')
    code, _, err = terminal.run("--check")
    assert code == 2
    assert "monitor.timeout: '9999999d' is too long; the longest is 3650d" in err


def test_a_service_out_of_reach_is_exit_code_3(terminal: Terminal) -> None:
    terminal.account.calls.down(unreachable("Could not reach https://fake: refused."))
    code, out, _ = terminal.run("--patience", "1s")
    assert code == 3
    assert "Could not reach https://fake: refused. Trying again until " in out
    code, _, err = terminal("list", "pools")
    assert code == 3
    assert "Could not reach https://fake: refused." in err


@pytest.mark.fault("3.3")
@pytest.mark.parametrize(("words", "left"), [(["--yes"], 4), (["--cleanup", "always"], 0)])
def test_a_refusal_in_the_middle_keeps_what_is_there(
    terminal: Terminal, words: list[str], left: int
) -> None:
    terminal.account.calls.fail("create_job", refused("Could not create the job: no.", code="No"))
    code, out, _ = terminal.run(*words)
    assert code == 3
    assert "Could not create the job: no." in out
    terminal.account.batch.step()
    world = terminal.account.batch.world
    assert len(terminal.account.storage.held) + len(world.pools) == left
    if left:
        name = run_id(out)
        assert f"`batchtui wait {name}` goes on with the run." in out
        assert terminal("wait", name, "--yes")[0] == 0
        assert not terminal.account.storage.held


def test_a_run_that_times_out_keeps_everything_and_says_how_to_go_on(terminal: Terminal) -> None:
    terminal.spoil('"20m"', '"1s"')
    terminal.account.batch.outcomes = {"*": Outcome(steps=10**9)}
    code, out, _ = terminal.run("--yes")
    assert code == 4
    name = run_id(out)
    assert f"`batchtui wait {name}` goes on" in out
    assert f"`batchtui clean {name}` deletes" in out
    assert f"count-{name}" in terminal.account.batch.world.pools

    for task in terminal.account.batch.world.jobs[f"count-{name}"].tasks.values():
        task.outcome = Outcome()
    code, out, _ = terminal("wait", name, "--yes")
    assert code == 0
    assert f"Going on with run {name}: count" in out
    assert not terminal.account.storage.held


@pytest.mark.fault("1.4", "3.3")
@pytest.mark.parametrize(
    ("number", "expected"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["INT", "TERM", "HUP"],
)
@pytest.mark.parametrize("words", [[], ["--yes"], ["--cleanup", "always"]], ids=str)
@pytest.mark.parametrize("step", ["upload", "create_pool", "add_task", "task_counts", "download"])
def test_a_signal_keeps_what_is_there_and_says_so(
    terminal: Terminal, step: str, words: list[str], number: signal.Signals, expected: int
) -> None:
    hold = terminal.account.calls.hold(step)

    async def interrupt() -> None:
        await hold.reached.wait()
        os.kill(os.getpid(), number)

    terminal.beside = interrupt
    code, out, err = terminal.run(*words)
    terminal.beside = None
    assert code == expected
    assert "?" not in err
    name = run_id(out)
    assert "Interrupted after " in out
    assert f"`batchtui wait {name}` goes on with the run." in out
    assert f"`batchtui clean {name}` deletes what it left." in out
    assert not [call for call in terminal.account.calls.made if call.startswith("delete")]
    assert terminal.account.storage.held

    code, out, _ = terminal("clean", name, "--yes")
    assert code == 0
    assert not terminal.account.storage.held
    assert terminal("clean", name)[2].endswith(f"Run {name} left nothing.\n")


@pytest.mark.fault("3.3")
def test_ctrl_c_at_a_terminal_asks_nothing(terminal: Terminal) -> None:
    terminal.types("y\ny\ny\n")
    hold = terminal.account.calls.hold("task_counts")

    async def interrupt() -> None:
        await hold.reached.wait()
        os.kill(os.getpid(), signal.SIGINT)

    terminal.beside = interrupt
    code, _, err = terminal.run()
    assert code == 130
    assert "[y/N]" not in err
    assert len(terminal.account.storage.held) == 3


def test_clean_leaves_other_accounts_alone(terminal: Terminal) -> None:
    _, out, _ = terminal.run("--keep")
    name = run_id(out)
    terminal.endpoint = "https://fake.eastus.example"
    code, _, err = terminal("clean", name, "--yes")
    assert code == 2
    assert (
        f"Run {name} belongs to account fake (https://fake), and this is account fake "
        "(https://fake.eastus.example)" in err
    )
    assert len(terminal.account.storage.held) == 3


def all_records(ledger: Ledger) -> tuple[Record, ...]:
    """Every run of a ledger in which no file is damaged."""
    damaged: list[LedgerError] = []
    records = ledger.records(trouble=damaged.append)
    assert not damaged
    return records


def test_a_run_under_way_is_neither_cleaned_nor_waited_for(terminal: Terminal) -> None:
    terminal.run("--keep")
    ledger = Ledger(terminal.output.parent / "runs")
    (record,) = all_records(ledger)
    name = record.run_id
    with ledger.holding(name):
        for words in (["clean", name, "--yes"], ["wait", name]):
            code, _, err = terminal(*words)
            assert code == 2
            assert f"Run {name} is still under way elsewhere" in err
        assert terminal("clean", "--yes")[2] == "No run left anything.\n"
    assert len(terminal.account.storage.held) == 3


def test_a_run_that_was_killed_is_called_so(terminal: Terminal) -> None:
    terminal.run("--keep")
    ledger = Ledger(terminal.output.parent / "runs")
    (record,) = all_records(ledger)
    ledger.write(replace(record, outcome=RunOutcome.RUNNING))
    with ledger.holding(record.run_id):
        assert " running " in terminal("list", "runs")[1]
    assert " killed " in terminal("list", "runs")[1]


def test_lists(terminal: Terminal) -> None:
    _, out, _ = terminal.run("--keep")
    name = run_id(out)
    code, out, _ = terminal("list")
    assert code == 0
    assert re.search(rf"^count-{name} +active +steady +2 +2 +standard_d2s_v3$", out, re.M)
    assert re.search(rf"^count-{name}-app +2026-01-01 12:00Z$", out, re.M)
    code, out, _ = terminal("list", "runs", "--json")
    assert json.loads(out)["left"].startswith("containers count-")
    code, out, _ = terminal("list", "recipes")
    assert {"topnwords", "ffmpeg"} <= set(out.split())


@pytest.mark.fault("2.9")
def test_storage_that_cannot_be_used_stops_only_the_list_of_containers(terminal: Terminal) -> None:
    trouble = "AZURE_STORAGE_CONNECTION_STRING has no AccountKey"
    terminal.account.gateway = Gateway(terminal.account.batch, None, trouble)
    assert terminal("list", "pools")[0] == 0
    for words in (["list", "containers"], ["list"]):
        code, out, err = terminal(*words)
        assert code == 2
        assert trouble in err
        assert "No containers" not in out
        assert ("No pools" in out) is (words == ["list"])


def test_help_is_quick_and_shows_examples() -> None:
    best = 9.0
    for _ in range(3):
        began = time.perf_counter()
        command = [sys.executable, "-m", "batchtui", "--help"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        best = min(best, time.perf_counter() - began)
    assert "batchtui run topnwords --profile local" in done.stdout
    assert best < 0.5  # 0.07 s on a quiet machine


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert re.fullmatch(r"batchtui \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_a_run_on_a_read_only_account_is_refused_before_anything_else(terminal: Terminal) -> None:
    terminal.read_only = True
    code, out, err = terminal.run("--yes")
    assert (code, out) == (2, "")
    assert "A run changes the account, which is read-only: the profile is read-only." in err
    assert not terminal.account.calls.made
