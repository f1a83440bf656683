"""Where batchtui keeps its files, and where the recipes are that it brings along."""

from pathlib import Path

import platformdirs

import batchtui

RECIPE_FILE = "recipe.toml"


def config_file() -> Path:
    """The user's settings; it need not exist."""
    return platformdirs.user_config_path("batchtui", appauthor=False) / "config.toml"


def state_dir() -> Path:
    """What batchtui remembers on this machine, and the reports of its crashes."""
    return platformdirs.user_state_path("batchtui", appauthor=False)


def choices_file() -> Path:
    """What the dashboard remembers of how its user wants to see things; it need not exist."""
    return state_dir() / "choices.toml"


def runs_dir() -> Path:
    """The ledgers of runs, one file for each run."""
    return state_dir() / "runs"


def log_dir() -> Path:
    return platformdirs.user_log_path("batchtui", appauthor=False)


def cache_dir() -> Path:
    return platformdirs.user_cache_path("batchtui", appauthor=False)


def local_data_dir() -> Path:
    """Where the local Batch account keeps its keys, its entities and its nodes' folders."""
    return platformdirs.user_data_path("batchtui", appauthor=False) / "local"


def recipe_folders() -> tuple[Path, ...]:
    """The folders of the recipes that come with batchtui, by name."""
    return tuple(file.parent for file in _brought_along(f"*/{RECIPE_FILE}"))


def world_files() -> tuple[Path, ...]:
    """The worlds that come with batchtui, by name."""
    return _brought_along("worlds/*.toml")


def world_file(name: str) -> Path | None:
    """The world of that name that comes with batchtui; None if there is none."""
    return next((file for file in world_files() if file.stem == name), None)


def fault_files() -> tuple[Path, ...]:
    """The fault files that come with batchtui, by name."""
    return _brought_along("faults/*.toml")


def fault_file(name: str) -> Path | None:
    """The fault file of that name that comes with batchtui; None if there is none."""
    return next((file for file in fault_files() if file.stem == name), None)


def recipe_folder(name: str) -> Path | None:
    """The folder of the recipe of that name that comes with batchtui; None if there is none."""
    return next((folder for folder in recipe_folders() if folder.name == name), None)


def _brought_along(pattern: str) -> tuple[Path, ...]:
    """The files of batchtui's data that match, sorted.

    An installed package holds them itself; in a checkout they lie beside the package.
    """
    package = Path(batchtui.__file__).parent
    for data in (package / "data", package.parent / "data"):
        files = tuple(sorted(data.glob(pattern)))
        if files:
            return files
    return ()
