"""`batchtui local`, as far as it goes without serving; whole-stack tests start it for real."""

import argparse
from pathlib import Path

import pytest

from batchtui.cli import local
from batchtui.local.connection import Connection
from batchtui.local.trouble import LocalAccountError


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="batchtui")
    local.add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(["local", *arguments])


def test_everything_may_be_left_out() -> None:
    args = parse()
    assert (args.command, args.port, args.data_dir, args.env_file) == ("local", 0, None, None)
    assert not args.while_used


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
