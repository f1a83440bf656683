"""Which files of this machine are sent, and under which names."""

import os
import socket
from pathlib import Path

import pytest

from batchtui.core.upload_plan import UploadError, joined, plan_upload, wrong_blob


def test_a_folder_keeps_its_name_and_its_tree(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_bytes(b"12")
    (tmp_path / "in" / "deep" / "b.txt").write_bytes(b"3")
    (tmp_path / "c.txt").write_bytes(b"")
    plan = joined(map(plan_upload, (tmp_path / "in", tmp_path / "c.txt")))
    assert [(piece.blob, piece.size) for piece in plan.pieces] == [
        ("in/a.txt", 2),
        ("in/deep/b.txt", 1),
        ("c.txt", 0),
    ]
    assert plan.size == 3


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        plan_upload(tmp_path / "nowhere")


@pytest.mark.fault("3.8")
def test_two_files_of_one_name_are_refused_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "params.json").write_text(name)
    files = [tmp_path / name / "params.json" for name in ("a", "b")]
    with pytest.raises(UploadError, match=r"a/params\.json and .*b/params\.json .* params\.json\."):
        joined(map(plan_upload, files))
    twice = joined(map(plan_upload, (files[0], files[0])))
    assert len(twice.pieces) == 1, "one file picked twice is one file"
    above = joined([plan_upload(tmp_path)])
    assert len(above.pieces) == 2


@pytest.mark.fault("3.8")
def test_a_folder_and_a_file_of_one_name_are_refused_together(tmp_path: Path) -> None:
    (tmp_path / "x" / "in").mkdir(parents=True)
    (tmp_path / "y" / "in").mkdir(parents=True)
    for name in ("x", "y"):
        (tmp_path / name / "in" / "a").touch()
    with pytest.raises(UploadError):
        joined(map(plan_upload, (tmp_path / "x" / "in", tmp_path / "y" / "in")))


@pytest.mark.fault("5.4")
def test_links_that_lead_out_of_a_picked_folder_are_skipped(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "own").write_text("own")
    (inside / "alias").symlink_to("own")
    (inside / "file").symlink_to(outside / "secret")
    (inside / "climbs").symlink_to("../outside/secret")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to("loop")
    (inside / "round").symlink_to(".")
    (inside / "dangling").symlink_to("nowhere")
    plan = plan_upload(inside)
    assert [piece.blob for piece in plan.pieces] == ["inside/alias", "inside/own"]
    assert {each.path.name: each.reason for each in plan.skipped} == {
        "file": "it is a link that leads out of the folder",
        "climbs": "it is a link that leads out of the folder",
        "folder": "it is a link to a folder",
        "round": "it is a link to a folder",
        "loop": "it is a link that leads nowhere",
        "dangling": "it is a link that leads nowhere",
    }
    picked = plan_upload(inside / "file").pieces
    assert [piece.blob for piece in picked] == ["file"], "a link that is picked itself"


@pytest.mark.fault("5.4")
def test_pipes_sockets_and_devices_are_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "a").touch()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        plan = plan_upload(tmp_path)
    assert [piece.path.name for piece in plan.pieces] == ["a"]
    assert sorted(each.path.name for each in plan.skipped) == ["null", "pipe", "socket"]
    with pytest.raises(UploadError, match="named pipe"):
        plan_upload(tmp_path / "pipe")


@pytest.mark.fault("3.6", "3.4")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("back\\slash.txt", "backslash"),
        ("a/b\\", "backslash"),
        ("line\nfeed", "control character"),
        ("\x7f", "control character"),
        ("bad\udcff.bin", "UTF-8"),
        ("a" * 1025, "1024 characters"),
        ("a/" * 254 + "a", "254 folders"),
        ("größe 日本/ü.txt", ""),
        ("a" * 1024, ""),
        ("-rf *;$(x)", ""),
    ],
)
def test_names_that_no_blob_can_have(name: str, reason: str) -> None:
    assert reason in wrong_blob(name)
    assert bool(reason) == bool(wrong_blob(name))


@pytest.mark.fault("3.6")
def test_a_file_with_such_a_name_is_skipped_and_the_others_go(tmp_path: Path) -> None:
    for name in ("back\\slash", "fine", os.fsdecode(b"bad\xff")):
        (tmp_path / name).touch()
    plan = plan_upload(tmp_path)
    assert [piece.path.name for piece in plan.pieces] == ["fine"]
    assert len(plan.lines) == 2
