"""The dashboard in a browser: behind `textual serve`, which chooses another driver."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from batchtui.cli.main import main

WEB = "textual.drivers.web_driver:WebDriver"
"""What `textual serve` and `textual-web` set, with pipes in place of a terminal."""


@pytest.mark.fault("2.30")
def test_the_dashboard_opens_where_a_driver_is_chosen(tmp_path: Path) -> None:
    names = ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    environment = os.environ | dict.fromkeys(names, str(tmp_path)) | {"TEXTUAL_DRIVER": WEB}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.pty_program"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        seen = b""
        while b"No jobs yet" not in seen:
            piece = os.read(program.stdout.fileno(), 65536)
            assert piece, seen
            seen += piece
        assert seen.startswith(b"__GANGLION__\n")
        told = json.dumps({"type": "quit"}).encode()
        program.stdin.write(b"M" + len(told).to_bytes(4, "big") + told)
        program.stdin.flush()
        _, said = program.communicate(timeout=30)
        assert (program.returncode, said) == (0, b"")


@pytest.mark.fault("2.30")
def test_without_a_terminal_or_a_driver_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("batchtui.paths.log_dir", lambda: tmp_path)
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert main([]) == 2
    assert "The dashboard needs a terminal." in capsys.readouterr().err
