"""What the Python scripts have in common: how they are called, how they wait, what they report."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

ENVIRONMENT = os.environ
"""It holds the connection."""

PATIENCE = 90.0
PAUSE = 0.1
"""Seconds between two looks."""


class Arguments(argparse.Namespace):
    """`inputs` and `outputs` are folders; `run` makes all names that are created unique."""

    run: str
    inputs: Path
    outputs: Path


def arguments() -> Arguments:
    """What the script was called with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("inputs", type=Path)
    parser.add_argument("outputs", type=Path)
    return parser.parse_args(namespace=Arguments())


def wait(what: str, look: Callable[[], T], wanted: Callable[[T], object]) -> T:
    """Look until the answer is as wanted."""
    end = time.monotonic() + PATIENCE
    while not wanted(seen := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what} took longer than {PATIENCE:.0f} s; at last: {seen}")
        time.sleep(PAUSE)
    return seen


def report(**facts: Any) -> None:
    """Say, as the last line, what was seen on the way."""
    sys.stdout.write(f"{json.dumps(facts)}\n")
