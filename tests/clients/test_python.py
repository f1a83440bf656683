"""The Python SDK of several generations, each in an environment of its own."""

import string
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from batchtui.local.connection import Connection

from .environments import python_with
from .programs import ROOT, ProgramError, run

pytestmark = pytest.mark.clients

STORAGE = "azure-storage-blob==12.31.1"
DATA = ROOT / "data"

MOTTO = "count what counts\n"
TEXTS = {"one": "one\n", "two": "one two\n", "many": "word " * 1000}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Empty ones for a script's inputs and outputs."""
    inputs, outputs = tmp_path / "inputs", tmp_path / "outputs"
    inputs.mkdir()
    outputs.mkdir()
    return inputs, outputs


def follow(
    account: Connection, version: str, script: str, name: str, inputs: Path, outputs: Path
) -> Any:
    """What a script reports that runs with this version of azure-batch."""
    python = python_with(f"azure-batch=={version}", STORAGE)
    command = [str(python), "-m", f"tests.clients.scripts.{script}"]
    return run([*command, name, str(inputs), str(outputs)], account, outputs.parent).report()


def test_topnwords(account: Connection, folders: tuple[Path, Path]) -> None:
    """The first tutorial as written: each task uploads its own output."""
    _, outputs = folders
    seen = follow(account, "15.1.0", "topnwords", "a", DATA / "topnwords", outputs)
    texts = sorted((DATA / "topnwords" / "texts").glob("*.txt"))
    assert seen["exit_codes"] == [0] * len(texts)
    assert seen["left"] == []
    for text in texts:
        words = (word.strip(string.punctuation) for word in text.read_text().split())
        top = Counter(word for word in words if word).most_common(3)
        lines = (outputs / f"{text.stem}_OUTPUT.txt").read_text().splitlines()
        assert lines[:4] == ["Word\tCount", *(f"{word}:\t{count}" for word, count in top)]
    assert seen["stdout"] in {file.read_text() for file in outputs.iterdir()}


def test_ffmpeg(account: Connection, folders: tuple[Path, Path]) -> None:
    """The second tutorial as written: spot nodes, outputs collected by the service."""
    _, outputs = folders
    seen = follow(account, "15.1.0", "ffmpeg", "a", DATA / "ffmpeg", outputs)
    videos = sorted((DATA / "ffmpeg" / "videos").glob("*.mp4"))
    assert seen == {"results": ["success"] * len(videos), "spot_nodes": 2, "left": []}
    sounds = sorted(outputs.iterdir())
    assert [sound.stem for sound in sounds] == [video.stem for video in videos]
    for sound in sounds:
        # What an MP3 begins with: a tag, or a frame's sync word.
        assert sound.read_bytes()[:3] == b"ID3" or sound.read_bytes()[:2] == b"\xff\xfb"


@pytest.mark.parametrize("version", ["6.0.0", "11.0.0", "14.2.0"])
def test_the_first_generation(
    account: Connection, folders: tuple[Path, Path], version: str
) -> None:
    inputs, outputs = folders
    (inputs / "motto.txt").write_text(MOTTO)
    for name, text in TEXTS.items():
        (inputs / f"{name}.txt").write_text(text)
    run_name = version.replace(".", "-")
    seen = follow(account, version, "track1", run_name, inputs, outputs)
    expected = {name: str(len(text.split())) for name, text in TEXTS.items()}
    assert {file.stem: file.read_text().strip() for file in outputs.iterdir()} == expected
    assert {name: text.strip() for name, text in seen["stdout"].items()} == expected
    assert {result.rpartition(".")[2] for result in seen["results"].values()} == {"success"}
    assert (seen["counts"], seen["part"]) == ([3, 3, 0], MOTTO[1:4])
    assert (len(seen["nodes"]), sum(seen["nodes"]), seen["left"]) == (2, 3, [])


def ask(account: Connection, version: str, question: str, home: Path) -> Any:
    """What a step of the script about differences between the versions reports."""
    python = python_with(f"azure-batch=={version}", STORAGE)
    module = "tests.clients.scripts.track1_versions"
    return run([str(python), "-m", module, question], account, home).report()


def not_served(version: str, why: str) -> Any:
    """A version whose request the account does not understand."""
    mark = pytest.mark.xfail(strict=True, raises=ProgramError, reason=why)
    return pytest.param(version, marks=mark)


@pytest.mark.parametrize("version", ["6.0.0", "11.0.0", "14.2.0"])
def test_the_images_of_a_version(account: Connection, tmp_path: Path, version: str) -> None:
    assert "batch.node.ubuntu 22.04" in ask(account, version, "images", tmp_path)["agents"]


@pytest.mark.parametrize("version", ["6.0.0", "11.0.0", "14.2.0"])
def test_the_slots_of_a_version(account: Connection, tmp_path: Path, version: str) -> None:
    """Until 2020 they were called tasks per node."""
    assert ask(account, version, "slots", tmp_path)["slots"] == 4


@pytest.mark.parametrize(
    "version",
    [
        not_served("6.0.0", "lifetimepoolstats is not served"),
        not_served("11.0.0", "lifetimepoolstats is not served"),
    ],
)
def test_the_statistics_of_a_version(account: Connection, tmp_path: Path, version: str) -> None:
    seen = ask(account, version, "statistics", tmp_path)
    assert seen == {"pools": True, "jobs": True}


@pytest.mark.parametrize("version", ["6.0.0", "14.2.0"])
def test_the_certificates_of_a_version(account: Connection, tmp_path: Path, version: str) -> None:
    """An account has none; azure-batch 15 no longer knows them."""
    seen = ask(account, version, "certificates", tmp_path)
    assert seen == {"listed": 0, "code": "CertificateNotFound"}
