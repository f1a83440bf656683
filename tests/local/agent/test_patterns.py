"""Which files an output file's pattern takes."""

from pathlib import Path

import pytest

from batchtui.local.agent.outputs import blob_name
from batchtui.local.agent.patterns import pattern

TREE = [
    "stdout.txt",
    "stderr.txt",
    "wd/a.txt",
    "wd/b.txt",
    "wd/ab.log",
    "wd/.hidden.txt",
    "wd/star*.txt",
    "wd/sub/c.txt",
    "wd/sub/deep/d.txt",
    "wd/.git/e.txt",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "wd" / "loop").symlink_to(tmp_path / "wd")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.txt", ["wd/a.txt"]),
        ("*.txt", ["wd/a.txt", "wd/b.txt", "wd/star*.txt"]),
        (".*.txt", ["wd/.hidden.txt"]),
        ("?.txt", ["wd/a.txt", "wd/b.txt"]),
        ("[ac].txt", ["wd/a.txt"]),
        ("[b-z].txt", ["wd/b.txt"]),
        ("[!a].txt", ["wd/b.txt"]),
        ("star[*].txt", ["wd/star*.txt"]),
        ("[a.txt", []),
        ("../std*.txt", ["stderr.txt", "stdout.txt"]),
        ("../stdout.txt", ["stdout.txt"]),
        (
            "**/*.txt",
            ["wd/a.txt", "wd/b.txt", "wd/star*.txt", "wd/sub/c.txt", "wd/sub/deep/d.txt"],
        ),
        ("sub/**", ["wd/sub/c.txt", "wd/sub/deep/d.txt"]),
        ("**/deep/*", ["wd/sub/deep/d.txt"]),
        ("*/c.txt", ["wd/sub/c.txt"]),
        ("$AZ_BATCH_TASK_DIR/stdout.txt", ["stdout.txt"]),
        ("${AZ_BATCH_TASK_DIR}/std*", ["stderr.txt", "stdout.txt"]),
        ("sub", []),
        ("missing/*.txt", []),
        ("a.txt/x", []),
    ],
)
def test_matches(root: Path, text: str, names: list[str]) -> None:
    environment = {"AZ_BATCH_TASK_DIR": str(root)}
    found = pattern(text, wd=root / "wd", environment=environment).find()
    assert [path.relative_to(root).as_posix() for path in found] == names


@pytest.mark.parametrize(
    ("text", "file", "path", "name"),
    [
        ("out.txt", "wd/out.txt", "", "out.txt"),
        ("sub/out.txt", "wd/sub/out.txt", "", "out.txt"),
        ("out.txt", "wd/out.txt", "x/y.txt", "x/y.txt"),
        ("*.txt", "wd/out.txt", "", "out.txt"),
        ("*.txt", "wd/out.txt", "x/y", "x/y/out.txt"),
        ("**/*.txt", "wd/sub/out.txt", "x/", "x/sub/out.txt"),
        ("sub/**/*.txt", "wd/sub/d/out.txt", "x", "x/d/out.txt"),
        ("../std*.txt", "stdout.txt", "logs", "logs/stdout.txt"),
    ],
)
def test_blob_names(tmp_path: Path, text: str, file: str, path: str, name: str) -> None:
    wanted = pattern(text, wd=tmp_path / "wd", environment={})
    assert blob_name(tmp_path / file, wanted, path) == name
