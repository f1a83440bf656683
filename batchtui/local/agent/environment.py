"""What a task's process finds around it: variables and directories."""

import os
import pwd
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


def process_environment(
    given: Mapping[str, str], *, root: Path, image: Path | None
) -> dict[str, str]:
    """The task's variables over a node's own, and nothing of the account's environment.

    A node has no secrets of the user who started the account; HOME is the task's working
    directory, as the service has it.
    """
    path = SYSTEM_PATH if image is None else f"{image}:{SYSTEM_PATH}"
    own = {
        "PATH": path,
        "HOME": str(root / "wd"),
        "USER": user_name(),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch(given, root)),
    }
    return own | dict(given)


@cache
def user_name() -> str:
    """Who tasks run as: the user of this process, by number where the machine has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def scratch(given: Mapping[str, str], root: Path) -> Path:
    """The node's directory for temporary files."""
    node = given.get("AZ_BATCH_NODE_ROOT_DIR")
    return Path(node, "volatile", "tmp") if node else root / "wd"


def make_directories(given: Mapping[str, str], root: Path) -> None:
    """Make what a task expects to find. Raises OSError."""
    for directory in (root / "wd", root / "certs", scratch(given, root)):
        directory.mkdir(parents=True, exist_ok=True)


def make_streams(root: Path) -> None:
    """Make the files that a task's output goes to. Raises OSError."""
    for name in ("stdout.txt", "stderr.txt"):
        (root / name).touch()
