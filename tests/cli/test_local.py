"""`batchtui local`, as far as it goes without serving; whole-stack tests start it for real."""

import argparse
from pathlib import Path

import pytest

from batchtui.cli import local
from batchtui.cli.main import main
from batchtui.cli.trouble import UsageError
from batchtui.local.connection import Connection
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from batchtui.local.trouble import LocalAccountError


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="batchtui")
    local.add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(["local", *arguments])


def test_everything_may_be_left_out() -> None:
    args = parse()
    assert (args.command, args.port, args.data_dir, args.env_file) == ("local", 0, None, None)
    assert not args.while_used


@pytest.mark.parametrize("speed", ["0", "-1", "x", "nan", "inf"])
def test_a_wrong_speed_is_a_usage_error(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse("--world=busy", f"--speed={speed}")
    assert exit_.value.code == 2
    assert "speed" in capsys.readouterr().err


def test_a_world_that_comes_along_may_be_called_by_its_name(tmp_path: Path) -> None:
    play = local.chosen_play(parse("--world=busy", "--speed=60"))
    assert play is not None
    assert play.world.name == "busy.toml"
    assert play.world.exists()
    assert play.speed == 60
    own = tmp_path / "own.toml"
    own.touch()
    assert local.chosen_play(parse(f"--world={own}")) == Play(own)


def test_only_worlds_have_a_speed() -> None:
    with pytest.raises(UsageError, match="--world"):
        local.chosen_play(parse("--speed=60"))
    assert local.chosen_play(parse()) is None


@pytest.mark.parametrize("arguments", [("--world", "busy", "list"), ("--speed", "2", "demo")])
def test_commands_that_play_nothing_refuse_a_world(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2


def test_the_words_say_that_it_is_simulated(tmp_path: Path) -> None:
    connection = Connection(
        batch_account="local",
        batch_key="BATCHKEY",
        batch_endpoint="http://127.0.0.1:1001",
        storage_account="localstorage",
        storage_key="STORAGEKEY",
        storage_endpoint="",
        data_dir=tmp_path,
        simulated=True,
    )
    text = local.how_to_connect(connection, tmp_path / "connection.env")
    assert "SIMULATED" in text
    assert "Tasks run as" not in text
    assert "STORAGE" not in connection.exports()


@pytest.mark.parametrize("port", ["65536", "-1", "x", ""])
def test_a_wrong_port_is_a_usage_error(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse(f"--port={port}")
    assert exit_.value.code == 2
    assert "port" in capsys.readouterr().err


def test_the_words_tell_how_to_connect_and_no_key(tmp_path: Path) -> None:
    connection = Connection(
        batch_account="local",
        batch_key="BATCHKEY",
        batch_endpoint="http://127.0.0.1:1001",
        storage_account="localstorage",
        storage_key="STORAGEKEY",
        storage_endpoint="http://127.0.0.1:1002/localstorage",
        data_dir=tmp_path,
    )
    text = local.how_to_connect(connection, tmp_path / "connection.env")
    assert "http://127.0.0.1:1001 (account local)" in text
    assert f". {tmp_path}/connection.env" in text
    assert "KEY" not in text


async def test_an_unusable_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    args = parse("--data-dir", str(tmp_path / "file" / "data"))
    with pytest.raises(LocalAccountError, match="cannot make"):
        await local.run(args)


def test_a_world_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"no world nope: name broken, busy, huge, or"):
        local.chosen_play(parse("--world=nope"))


def test_a_fault_file_that_comes_along_may_be_called_by_its_name(tmp_path: Path) -> None:
    options = local.chosen_faults(parse("--faults=storm"))
    assert options is not None
    assert options.file is not None
    assert (options.file.name, options.file.is_file()) == ("storm.toml", True)
    own = tmp_path / "own.toml"
    own.touch()
    log = tmp_path / "requests.log"
    options = local.chosen_faults(parse(f"--faults={own}", f"--log-requests={log}"))
    assert options == FaultOptions(own.resolve(), request_log=log)
    assert options.arguments() == ("--faults", str(own), "--log-requests", str(log))
    assert local.chosen_faults(parse()) is None
    assert local.chosen_faults(parse(f"--log-requests={log}")) == FaultOptions(request_log=log)
    with pytest.raises(UsageError, match="No fault file strom: name lost-answers, storm"):
        local.chosen_faults(parse("--faults=strom"))


@pytest.mark.parametrize("option", [("--faults", "storm"), ("--log-requests", "x")])
def test_commands_that_start_no_dashboard_refuse_faults(option: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main((*option, "list"))
    assert exit_.value.code == 2
