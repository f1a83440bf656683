"""Making an environment once, whatever happens meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .environments import InstallError, made_once


def test_one_that_was_interrupted_is_made_anew(tmp_path: Path) -> None:
    home = tmp_path / "cache" / "environment"

    def fails(home: Path) -> None:
        home.mkdir()
        (home / "half").touch()
        raise InstallError("no network")

    def works(home: Path) -> None:
        home.mkdir()
        (home / "whole").touch()

    with pytest.raises(InstallError):
        made_once(home, fails)
    assert made_once(home, works) == home
    assert (home / "whole").exists()
    assert not (home / "half").exists()


def test_it_is_made_once_for_all_who_want_it(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(home: Path) -> None:
        home.mkdir()
        made.append(home)

    with ThreadPoolExecutor(4) as threads:
        homes = list(threads.map(lambda _: made_once(tmp_path / "one", make), range(4)))
    assert homes == [tmp_path / "one"] * 4
    assert made == [tmp_path / "one"]
