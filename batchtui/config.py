"""The profiles that a user can choose from, and the one that was chosen.

The file `config.toml` lies in the user's configuration folder and may look like this::

    default = "work"
    poll_requests_per_minute = 240        # at most, for looking again and again; 0: no limit

    [profiles.work]
    batch_endpoint = "https://myaccount.westeurope.batch.azure.com"
    batch_key_env = "WORK_BATCH_KEY"      # or batch_key_file, or batch_key; none: az login
    storage_account = "mystorage"
    storage_key_file = "~/.secrets/storage"
    cloud = "AzureUSGovernment"           # unless the endpoint's name says it
    read_only = true
    poll_requests_per_minute = 600        # for this account alone

    [prices]                              # per node and hour; spot nodes second
    currency = "EUR"
    standard_d2s_v3 = 0.096
    standard_f4s_v2 = [0.194, 0.039]

    [keys]                                # other keys for a command, by its name
    "jobs.terminate" = "K"

    [notify]                              # beside the sentence on the screen
    bell = true                           # the terminal's bell
    osc9 = false                          # a notification of the desktop

Besides its profiles there are always `local`, the local Batch account, and `environment`, which
is made from the variables that the az command line reads.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import msgspec.structs

from batchtui import paths
from batchtui.accounts import SECRETS, AccountSettings, make_profile, refuse_readable
from batchtui.core.key_names import key_trouble
from batchtui.core.prices import Price, Prices
from batchtui.core.profile import ConfigError, LocalProfile, Profile
from batchtui.core.watch import Callings
from batchtui.storage_settings import bare

__all__ = ["ConfigError", "choose", "keys", "notify", "prices", "profile_names"]

S = TypeVar("S", bound=msgspec.Struct)

LOCAL = "local"
ENVIRONMENT = "environment"

VARIABLES = {
    "batch_account": "AZURE_BATCH_ACCOUNT",
    "batch_key": "AZURE_BATCH_ACCESS_KEY",
    "batch_endpoint": "AZURE_BATCH_ENDPOINT",
    "storage_account": "AZURE_STORAGE_ACCOUNT",
    "storage_key": "AZURE_STORAGE_KEY",
    "storage_connection_string": "AZURE_STORAGE_CONNECTION_STRING",
}
"""The variable that stands for each setting, as the az command line names them."""


POLLS = 240
"""Requests a minute that polling may cost where nothing says how many: the service counts all
requests to an account, whoever sends them."""
MOST_POLLS = 1_000_000


DEAREST = 1e9
"""The highest price of a node and hour, far beyond any."""


TYPES = {
    "object": "a table", "array": "a list", "str": "text", "bool": "true or false",
    "int": "a whole number", "float": "a number", "null": "nothing",
}  # fmt: skip
"""The types that errors of msgspec name, as people call them."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The configuration file; each profile is converted by itself, so that errors name it."""

    default: str = ""
    profiles: dict[str, dict[str, object]] = {}
    prices: dict[str, object] = {}
    keys: dict[str, object] = {}
    notify: dict[str, object] = {}
    poll_requests_per_minute: object = None


def choose(
    name: str | None,
    *,
    environ: Mapping[str, str] = os.environ,
    file: Path | None = None,
    storage_optional: bool = False,
) -> Profile | LocalProfile | None:
    """The profile to use, or None where nothing says which.

    The first that is given decides: `name` (the --profile option), the variable
    BATCHTUI_PROFILE, `default` in the file, then the variables of the az command line. Raises
    `ConfigError` for a profile that does not exist and for a setting that is wrong; with
    `storage_optional` a wrong storage setting costs the storage account alone.
    """
    file = file or paths.config_file()
    settings = _read(file)
    for wanted, origin in (
        (name, "--profile"),
        (environ.get("BATCHTUI_PROFILE"), "BATCHTUI_PROFILE"),
        (settings.default, f"{file}: default"),
    ):
        if wanted:
            return _named(wanted, origin, settings, file, environ, storage_optional)
    if not _in_environment(environ):
        return None
    return _from_environment(environ, settings, file, storage_optional)


def profile_names(
    *, environ: Mapping[str, str] = os.environ, file: Path | None = None
) -> tuple[str, ...]:
    """The names that `choose` accepts at present."""
    settings = _read(file or paths.config_file())
    variables = (ENVIRONMENT,) if _in_environment(environ) else ()
    return (LOCAL, *variables, *settings.profiles)


def prices(*, file: Path | None = None) -> Prices:
    """What nodes cost, as the file says. Raises `ConfigError` for what is no price."""
    file = file or paths.config_file()
    table = dict(_read(file).prices)
    currency = table.pop("currency", "")
    if not isinstance(currency, str):
        raise ConfigError(f"{file}: prices.currency: expected a word such as EUR, got {currency}")
    per_hour = {}
    for size, said in table.items():
        amounts = _amounts(said)
        if not 1 <= len(amounts) <= 2:
            raise ConfigError(
                f"{file}: prices.{size}: expected what a node costs in an hour, such as 0.096, "
                f"or [0.096, 0.019] with its price as a spot node, got {said!r}"
            )
        per_hour[size.casefold()] = Price(*amounts)
    return Prices(currency, per_hour)


def _amounts(said: object) -> tuple[float, ...]:
    """One price or a list of them; nothing where any of them is no price."""
    amounts = said if isinstance(said, list) else [said]
    numbers = tuple(
        float(amount)
        for amount in amounts
        if isinstance(amount, int | float) and not isinstance(amount, bool)
        if 0 <= amount <= DEAREST
    )
    return numbers if len(numbers) == len(amounts) else ()


def keys(*, file: Path | None = None) -> Mapping[str, str]:
    """The keys that the user wants for commands, by the commands' names.

    Raises `ConfigError` for what is no key.
    """
    file = file or paths.config_file()
    wanted = {}
    for command, said in _read(file).keys.items():
        trouble = key_trouble(said) if isinstance(said, str) else f"got {said!r}"
        if not isinstance(said, str) or trouble:
            raise ConfigError(
                f'{file}: keys.{command}: expected a key such as "K", "ctrl+k" or "f5", or several '
                f"with commas between them: {trouble}"
            )
        wanted[command] = said
    return wanted


def notify(*, file: Path | None = None) -> Callings:
    """How news are told to somebody who looks elsewhere. Raises `ConfigError` for a wrong value."""
    file = file or paths.config_file()
    table = _read(file).notify
    for key, said in table.items():
        if key in Callings.__struct_fields__ and not isinstance(said, bool):
            raise ConfigError(f"{file}: notify.{key}: expected true or false, got {said!r}")
    return _convert(table, Callings, f"{file}: notify")


def _named(
    name: str,
    origin: str,
    settings: Settings,
    file: Path,
    environ: Mapping[str, str],
    storage_optional: bool,
) -> Profile | LocalProfile:
    if name == LOCAL:
        return LocalProfile()
    if name == ENVIRONMENT:
        return _from_environment(environ, settings, file, storage_optional)
    if name not in settings.profiles:
        known = (LOCAL, ENVIRONMENT, *settings.profiles)
        raise ConfigError(
            f"{origin}: there is no profile {name!r}{_nearest(name, known)}; "
            f"profiles are {', '.join(known)}, and more can be added to {file}"
        )
    path = f"{file}: profiles.{name}"
    account = _convert(settings.profiles[name], AccountSettings, path)
    profile = make_profile(
        name,
        account,
        where=lambda key: f"{path}.{key}",
        environ=environ,
        storage_optional=storage_optional,
    )
    held = [key for key in SECRETS if getattr(account, key)]
    if held:
        refuse_readable(file, f"{path}.{held[0]}: {file} holds a secret")
    return _with_polls(profile, settings, file, account.poll_requests_per_minute, path)


def _with_polls(
    profile: Profile, settings: Settings, file: Path, own: object = None, path: str = ""
) -> Profile:
    """The profile, with the number of requests that polling may send: its own one first."""
    said, where = (own, f"{path}.") if own is not None else (None, f"{file}: ")
    if said is None:
        said = settings.poll_requests_per_minute
    if said is None:
        said = 0 if profile.local else POLLS
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= MOST_POLLS:
        raise ConfigError(
            f"{where}poll_requests_per_minute: expected a whole number such as {POLLS}, "
            f"or 0 for no limit, got {said!r}"
        )
    return replace(profile, polls_per_minute=said or None)


def _in_environment(environ: Mapping[str, str]) -> bool:
    """Whether the variables name a Batch account; storage alone is another tool's business."""
    return bool(environ.get("AZURE_BATCH_ACCOUNT") or environ.get("AZURE_BATCH_ENDPOINT"))


def _from_environment(
    environ: Mapping[str, str], settings: Settings, file: Path, storage_optional: bool
) -> Profile:
    given = {key: bare(environ.get(variable, "")) for key, variable in VARIABLES.items()}
    account = msgspec.convert(given, AccountSettings)
    profile = make_profile(
        ENVIRONMENT,
        account,
        where=lambda key: VARIABLES.get(key, key),
        environ=environ,
        storage_optional=storage_optional,
    )
    return _with_polls(profile, settings, file)


def _read(file: Path) -> Settings:
    """The configuration file; empty settings where there is none."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise ConfigError(f"{file} is not valid TOML: it is nested too deeply") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file} is not valid TOML: line {line} is not UTF-8") from error
    except ValueError as error:  # of tomllib, and for endless numbers
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
    settings = _convert(table, Settings, f"{file}:")
    for reserved in (LOCAL, ENVIRONMENT):
        if reserved in settings.profiles:
            raise ConfigError(
                f"{file}: profiles.{reserved}: the name {reserved!r} is taken by a built-in "
                "profile; give yours another name"
            )
    return settings


def _convert(table: Mapping[str, object], kind: type[S], path: str) -> S:
    """`table` as a `kind`; an error names the key by its path below `path`."""
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for key in table:
        if key not in known:
            raise ConfigError(f"{_below(path, key)} is not a setting{_nearest(key, known)}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        reason = re.sub(r"`(\w+)[^`]*`", lambda found: TYPES.get(found[1], found[0]), reason)
        # msgspec writes the path as `$.key`, and [...] for a key of a table.
        key = re.sub(r"^`?\$\.?|`$", "", place)
        if key.endswith("[...]"):
            key = _wrong_entry(table, kind, key.removesuffix("[...]"))
        raise ConfigError(f"{_below(path, key)}: {reason[:1].lower()}{reason[1:]}") from error


def _wrong_entry(table: Mapping[str, Any], kind: type[S], key: str) -> str:
    """The name of the first entry of the table `key` that does not fit a `kind`."""
    for name, value in table[key].items():
        try:
            msgspec.convert({key: {name: value}}, kind)
        except msgspec.ValidationError:
            return f"{key}.{name}"
    return key


def _below(path: str, key: str) -> str:
    return f"{path} {key}" if path.endswith(":") else f"{path}.{key}"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f", did you mean {near[0]!r}?" if near else ""
