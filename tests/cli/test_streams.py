"""What commands do with a standard stream that is closed, full, or without a reader."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from batchtui.cli.printers import LastingPrinter, Printer
from batchtui.cli.streams import OutputError
from batchtui.core.events import Event
from tests.cli.scenes import Terminal

SENTENCE = "Could not write to standard output: "
PROGRAM = f"{sys.executable} -P -m batchtui"


def shell(words: str, folder: Path, **variables: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of batchtui in a shell, its words with their redirections."""
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} {words}"],
        capture_output=True,
        text=True,
        env=os.environ | {"HOME": str(folder), "XDG_STATE_HOME": str(folder)} | variables,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.fault("1.8")
@pytest.mark.parametrize("words", ["list recipes", "--help", "--version", "run topnwords --check"])
@pytest.mark.parametrize(
    ("where", "why"),
    [(">&-", "it is closed"), (">/dev/full", "No space left on device"), ("<&- >&-", "closed")],
)
def test_an_output_that_takes_nothing_is_a_sentence_and_exit_code_3(
    words: str, where: str, why: str, tmp_path: Path
) -> None:
    code, out, err = shell(f"{words} {where}", tmp_path)
    assert (code, out) == (3, "")
    assert err.startswith(SENTENCE)
    assert why in err
    assert err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.fault("1.8")
@pytest.mark.parametrize("words", ["list recipes", "--help", "run topnwords --check"])
def test_a_reader_that_went_away_is_141_in_silence(words: str, tmp_path: Path) -> None:
    code, _, err = shell(f"{words} | true; exit ${{PIPESTATUS[0]}}", tmp_path)
    # The reader may have been quick enough to take it all.
    assert (code, err) in ((141, ""), (0, ""))
    code, _, err = shell(f"{words} > >(exec 0<&-; sleep 2)", tmp_path)
    assert (code, err) in ((141, ""), (0, ""))


@pytest.mark.fault("1.8")
@pytest.mark.parametrize(
    ("where", "code"),
    [("2>&-", 0), ("<&-", 0), ("<&- 2>&-", 0), ("2>/dev/full", 0), (">&- 2>&-", 3),
     ("<&- >&- 2>&-", 3), (">/dev/full 2>/dev/full", 3)],
)  # fmt: skip
def test_the_exit_code_holds_when_nobody_can_be_told(where: str, code: int, tmp_path: Path) -> None:
    done, out, err = shell(f"list recipes {where}", tmp_path)
    assert (done, err) == (code, "")
    assert ("topnwords" in out) == (code == 0)


@pytest.mark.fault("1.8")
def test_what_the_locale_cannot_write_is_written_another_way(tmp_path: Path) -> None:
    words = "run 'grö\u2603\u00dfe' --check"
    code, _, err = shell(words, tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert code == 2
    assert "Traceback" not in err


class Full(Printer):
    """A printer that never gets anything out."""

    def __init__(self, error: Exception) -> None:
        self.asked = 0
        self._error = error

    def show(self, event: Event) -> None:
        self.asked += 1
        raise self._error

    def note(self, line: str) -> None:
        raise self._error

    def pause(self) -> None:
        raise self._error

    def close(self) -> None:
        raise self._error


@pytest.mark.fault("1.8")
@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(OutputError("Full."), 3, "Full. What is under way goes on"), (BrokenPipeError(), 141, "")],
)
def test_a_run_goes_on_when_its_printer_cannot(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, said: str
) -> None:
    full = Full(error)
    monkeypatch.setattr("batchtui.cli.printers.discard_output", lambda: None)
    monkeypatch.setattr("batchtui.cli.run.printer", lambda **_: LastingPrinter(full))
    ended, out, err = terminal.run("--yes")
    assert (ended, out, full.asked) == (code, "", 1)
    assert said in err
    assert (terminal.output / "a_OUT.txt").exists()
    assert not terminal.account.batch.world.jobs
