"""What a node's image offers."""

import subprocess
from pathlib import Path

import pytest

from batchtui.local import image
from batchtui.local.image import base_python, make_image


def test_python_is_the_base_interpreter(tmp_path: Path) -> None:
    make_image(tmp_path / "image")
    code = "import sys; print(sys.prefix == sys.base_prefix)"
    program = str(tmp_path / "image" / "python3")
    done = subprocess.run([program, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_ffmpeg_comes_from_the_package_where_the_machine_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setattr(image, "SYSTEM_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    make_image(tmp_path / "image")
    program = str(tmp_path / "image" / "ffmpeg")
    done = subprocess.run([program, "-version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ffmpeg version")


def test_the_machine_s_own_ffmpeg_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "ffmpeg"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    make_image(tmp_path / "image")
    monkeypatch.setattr(image, "SYSTEM_PATH", str(tmp_path))
    make_image(tmp_path / "image")
    assert not (tmp_path / "image" / "ffmpeg").exists()


def test_links_are_renewed(tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to("/gone/python3")
    make_image(tmp_path)
    make_image(tmp_path)
    assert (tmp_path / "python3").readlink() == base_python()
