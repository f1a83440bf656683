"""Both shipped recipes and a small one on the local account: real processes, blobs and SDKs."""

import json
import re
import string
import subprocess
import time
from collections import Counter
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]  # it ships no types
import pytest

from tests.recipes.stack import ROOT, Stack, interrupt, until

pytestmark = pytest.mark.xdist_group("stack")


def nothing_left(stack: Stack) -> bool:
    code, out = stack("list", "--profile", "local")
    assert code == 0
    return out.splitlines()[-3:] == ["No pools.", "No jobs.", "No containers."]


def expected(text: str, count: int) -> set[str]:
    """The lines of the most frequent words, counted in another way than the recipe's script."""
    totals: Counter[str] = Counter()
    for word in re.split(r"\s+", text):
        bare = word.lstrip(string.punctuation).rstrip(string.punctuation)
        if bare:
            totals[bare] += 1
    least = sorted(totals.values(), reverse=True)[count - 1]
    return {f"{word}:\t{total}" for word, total in totals.items() if total >= least}


def test_topnwords(lonely: Stack) -> None:
    """With an account that the run starts and ends itself."""
    output = lonely.folder / "out"
    began = time.monotonic()
    code, out = lonely(
        "run", str(ROOT / "data" / "topnwords"), "--profile", "local", "--output", str(output),
        "--set", "words=5", "--yes",
    )  # fmt: skip
    assert code == 0, out
    assert time.monotonic() - began < 30, "15 s are promised on a quiet machine"
    assert "sig=" not in out
    texts = sorted((ROOT / "data" / "topnwords" / "texts").iterdir())
    assert len(texts) >= 3
    assert sorted(path.name for path in output.iterdir()) == [
        f"{text.stem}_OUTPUT.txt" for text in texts
    ]
    for index, text in enumerate(texts):
        header, *lines = (output / f"{text.stem}_OUTPUT.txt").read_text().splitlines()
        assert header == "Word\tCount"
        words, where = lines[:5], lines[5:]
        assert set(words) <= expected(text.read_text(), 5)
        assert len(set(words)) == 5
        assert re.match(r"Node: tvmps_\w+_d$", where[0])
        assert where[1] == f"Task: topn-{index}"
        assert re.match(r"Job: topn-\w+$", where[2])
        assert re.match(r"Pool: topn-\w+$", where[3])
    assert nothing_left(lonely)


def sound(file: Path) -> tuple[str, float]:
    """The audio codec and the duration in seconds that ffmpeg itself sees in a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-i", str(file), "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    codec = re.search(r"Audio: (\w+)", said)
    times = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)
    assert codec is not None
    hours, minutes, seconds = times[-1]
    return codec[1], int(hours) * 3600 + int(minutes) * 60 + float(seconds)


@pytest.mark.slow
def test_ffmpeg(stack: Stack) -> None:
    output = stack.folder / "mp3"
    code, out = stack(
        "run", str(ROOT / "data" / "ffmpeg"), "--profile", "local", "--output", str(output), "--yes"
    )
    assert code == 0, out
    videos = sorted((ROOT / "data" / "ffmpeg" / "videos").iterdir())
    assert len(videos) == 5
    assert sorted(path.stem for path in output.iterdir()) == [video.stem for video in videos]
    for video in videos:
        codec, seconds = sound(output / f"{video.stem}.mp3")
        assert codec == "mp3"
        assert seconds == pytest.approx(sound(video)[1], abs=0.15)
    assert nothing_left(stack)


@pytest.mark.slow
def test_outputs_of_a_sweep_are_collected_and_failures_explained(stack: Stack) -> None:
    output = stack.folder / "tiny"
    command = "echo $N > $N.out; [ $N = 2 ] && echo no more >&2 && exit 7; true"
    code, out = stack(
        "run", str(stack.tiny), "--profile", "local", "--output", str(output),
        "--set", f"command={command}", "--set", "tasks=3",
    )  # fmt: skip
    assert code == 1, out
    assert re.search(r"Task tiny-2 failed on node tvmps_\w+: exit code 7\n    \| no more\n", out)
    assert "2 of 3 tasks succeeded, 1 failed" in out
    assert {path.name: path.read_text() for path in output.iterdir()} == {
        "1.out": "1\n", "3.out": "3\n",
    }  # fmt: skip
    assert nothing_left(stack)


@pytest.mark.slow
def test_a_start_task_that_fails_is_said_without_waiting_for_the_timeout(stack: Stack) -> None:
    began = time.monotonic()
    code, out = stack(
        "run", str(stack.tiny), "--profile", "local", "--set", "start=echo no disk >&2; exit 3"
    )
    assert code == 1, out
    assert re.search(r"Node \w+: its start task failed: exit code 3\n    \| no disk\n", out)
    assert "No node of pool tiny-" in out
    assert time.monotonic() - began < 30
    assert nothing_left(stack)


@pytest.mark.slow
def test_an_interrupted_run_is_kept_waited_for_and_cleaned(stack: Stack) -> None:
    output = stack.folder / "waited"
    words = ["--profile", "local", "--output", str(output)]
    command = "sleep 2; echo $N > $N.out"
    with stack.start("run", str(stack.tiny), *words, "--set", f"command={command}") as process:
        assert process.stdout is not None
        until(process.stdout, "^Submitted 2 tasks")
        out = interrupt(process)
    assert process.returncode == 130
    found = re.search(r"`batchtui wait (\w+)` goes on with the run", out)
    assert found is not None, out

    code, out = stack("wait", found[1], "--json")
    assert code == 0, out
    events = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert [events[0]["event"], events[-1]["outcome"]] == ["resumed", "succeeded"]
    assert {path.name for path in output.iterdir()} == {"1.out", "2.out"}
    assert nothing_left(stack)


@pytest.mark.parametrize(
    ("key", "port", "sentence"),
    [("bm90IHRoZSBrZXk=", None, "key"), ("bm90IHRoZSBrZXk=", 9, "127.0.0.1:9")],
    ids=["a wrong key", "nobody there"],
)
def test_an_account_that_cannot_be_used_is_exit_code_3(
    stack: Stack, key: str, port: int | None, sentence: str
) -> None:
    endpoint = f"http://127.0.0.1:{port}" if port else stack.endpoint
    more = {
        "AZURE_BATCH_ACCOUNT": "local",
        "AZURE_BATCH_ENDPOINT": endpoint,
        "AZURE_BATCH_ACCESS_KEY": key,
        "AZURE_STORAGE_ACCOUNT": "local",
        "AZURE_STORAGE_KEY": key,
    }
    words = ("run", str(stack.tiny), "--profile", "environment", "--patience", "1s")
    code, out = stack(*words, more=more)
    assert code == 3, out
    assert sentence in out
    assert key not in out
    assert "Traceback" not in out
