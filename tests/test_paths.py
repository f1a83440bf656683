"""Files lie in the user's folders; recipes in the package, or beside it in a checkout."""

from pathlib import Path

import pytest

import batchtui
from batchtui import paths


def test_folders_are_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for kind in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    assert paths.config_file() == tmp_path / "CONFIG/batchtui/config.toml"
    assert paths.runs_dir() == tmp_path / "STATE/batchtui/runs"
    assert paths.log_dir().is_relative_to(tmp_path / "STATE/batchtui")
    assert paths.cache_dir() == tmp_path / "CACHE/batchtui"
    assert paths.local_data_dir() == tmp_path / "DATA/batchtui/local"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of another place, which holds no recipes yet."""
    package = tmp_path / "site" / "batchtui"
    package.mkdir(parents=True)
    monkeypatch.setattr(batchtui, "__file__", str(package / "__init__.py"))
    return package


def recipe(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "recipe.toml").touch()
    return folder


def test_recipes_of_an_installed_package(package: Path) -> None:
    second, first = recipe(package / "data" / "b"), recipe(package / "data" / "a")
    (package / "data" / "notes").mkdir()
    recipe(package.parent / "data" / "another-package")
    assert paths.recipe_folders() == (first, second)
    assert paths.recipe_folder("b") == second
    assert paths.recipe_folder("notes") is None


def test_recipes_of_a_checkout(package: Path) -> None:
    folder = recipe(package.parent / "data" / "a")
    assert paths.recipe_folders() == (folder,)


def test_no_recipes(package: Path) -> None:
    assert paths.recipe_folders() == ()
    assert paths.recipe_folder("../data/a") is None
