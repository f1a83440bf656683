"""An account as settings spell it, made into a profile.

Both sources of settings end here: a table of the configuration file and the environment. Every
error names the setting where it is wrong, as its source calls it, and never shows its value
where that may be a secret.
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from batchtui.core.clouds import CLOUDS, Cloud, cloud_named, cloud_of
from batchtui.core.endpoints import EndpointError, in_the_clear, is_loopback, read_endpoint
from batchtui.core.private_files import readable_by_others
from batchtui.core.profile import ConfigError, Profile
from batchtui.core.redact import hold
from batchtui.storage_settings import (
    StorageError,
    StorageSettings,
    bare,
    guarded,
    read_connection_string,
    storage_name,
)


class AccountSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one profile; a secret may be given itself, by variable or by file."""

    batch_endpoint: str = ""
    batch_account: str = ""
    batch_key: str = ""
    batch_key_env: str = ""
    batch_key_file: str = ""
    storage_account: str = ""
    storage_endpoint: str = ""
    storage_key: str = ""
    storage_key_env: str = ""
    storage_key_file: str = ""
    storage_connection_string: str = ""
    storage_connection_string_env: str = ""
    storage_connection_string_file: str = ""
    cloud: str = ""
    read_only: bool = False
    poll_requests_per_minute: object = None
    """Checked by `config`, which knows what else may say it."""


SECRETS = ("batch_key", "storage_key", "storage_connection_string")
"""The settings that are a secret themselves."""

LONGEST_SECRET = 64 * 1024
"""Bytes of a file that holds one."""

Where = Callable[[str], str]
"""What the user calls a setting: a key of the file with its path, or a variable's name."""


def make_profile(
    name: str,
    settings: AccountSettings,
    *,
    where: Where,
    environ: Mapping[str, str],
    storage_optional: bool = False,
) -> Profile:
    """The profile that `settings` describe, or a `ConfigError`.

    With `storage_optional` a wrong storage setting costs the storage account alone: the profile
    has none then, and says why.
    """
    if not settings.batch_endpoint:
        raise ConfigError(
            f"{where('batch_endpoint')} is missing: it is the account's URL, such as "
            "https://myaccount.westeurope.batch.azure.com"
        )
    endpoint = _endpoint(settings.batch_endpoint, where("batch_endpoint"))
    cloud = _cloud(settings.cloud, endpoint, where("cloud"))
    key = _secret(settings, "batch_key", where, environ)
    if key and in_the_clear(endpoint):
        raise ConfigError(
            f"{where('batch_endpoint')}: {endpoint} is not https, and a key is used over plain "
            "http with this machine alone; use https"
        )
    storage, trouble = StorageSettings(), ""
    try:
        storage = _storage(settings, where, environ, cloud)
    except (ConfigError, StorageError) as error:
        if not storage_optional:
            raise ConfigError(str(error)) from error
        trouble = str(error)
    return Profile(
        name=name,
        batch_endpoint=endpoint,
        batch_account=settings.batch_account or _first_label(endpoint, where("batch_account")),
        batch_key=key or None,
        storage_endpoint=storage.endpoint,
        storage_account=storage.account,
        storage_key=storage.key or None,
        storage_sas=storage.sas or None,
        storage_trouble=trouble,
        cloud=cloud,
        read_only=settings.read_only,
        local=is_loopback(endpoint),
    )


def _cloud(name: str, endpoint: str, setting: str) -> Cloud:
    """The cloud that a setting names, else that of the endpoint."""
    if not name:
        return cloud_of(urlsplit(endpoint).hostname or "")
    cloud = cloud_named(name.strip())
    if cloud is None:
        known = ", ".join(each.name for each in CLOUDS)
        raise ConfigError(f"{setting} is not the name of a cloud: known are {known}")
    return cloud


def _storage(
    settings: AccountSettings, where: Where, environ: Mapping[str, str], cloud: Cloud
) -> StorageSettings:
    """The storage account; a connection string goes before the single settings, as in az."""
    text = _secret(settings, "storage_connection_string", where, environ)
    if text:
        return read_connection_string(text, where("storage_connection_string"), cloud)
    key = _secret(settings, "storage_key", where, environ)
    if settings.storage_endpoint:
        setting = where("storage_endpoint")
        endpoint = _endpoint(settings.storage_endpoint, setting)
        account = settings.storage_account or storage_name(endpoint)
        if not account:
            raise ConfigError(
                f"{where('storage_account')} is missing: the endpoint {endpoint} does not name "
                "an account"
            )
        return guarded(StorageSettings(endpoint, account, key), setting)
    if settings.storage_account:
        setting = where("storage_account")
        host = f"https://{settings.storage_account}.blob.{cloud.storage_suffix}"
        return StorageSettings(_endpoint(host, setting), settings.storage_account, key)
    if key:
        raise ConfigError(
            f"{where('storage_key')} is set but {where('storage_account')} is not: "
            "say which account the key belongs to"
        )
    return StorageSettings()


def _secret(settings: AccountSettings, name: str, where: Where, environ: Mapping[str, str]) -> str:
    """The secret `name`, from whichever one of its three settings is given; empty for none.

    From here on no log, screen or file shows it.
    """
    secret = _read_secret(settings, name, where, environ)
    hold(secret)
    return secret


def refuse_readable(file: Path, what: str) -> None:
    """Raise a `ConfigError` that begins with `what` where others may read the file."""
    mode = readable_by_others(file)
    if mode:
        raise ConfigError(
            f"{what} that others can read or change (mode {mode:04o}); "
            f"run chmod 600 {shlex.quote(str(file))}"
        )


def _read_secret(
    settings: AccountSettings, name: str, where: Where, environ: Mapping[str, str]
) -> str:
    given = [key for key in (name, f"{name}_env", f"{name}_file") if getattr(settings, key)]
    if len(given) > 1:
        raise ConfigError(f"{where(given[0])} and {where(given[1])} are both set: keep one of them")
    if not given:
        return ""
    setting, value = given[0], str(getattr(settings, given[0]))
    if setting.endswith("_env"):
        if not environ.get(value):
            raise ConfigError(f"{where(setting)} names the variable {value}, which is not set")
        return bare(environ[value])
    if setting.endswith("_file"):
        return _read_secret_file(value, where(setting))
    return bare(value)


def _read_secret_file(name: str, setting: str) -> str:
    reason = ""
    try:
        file = Path(name).expanduser()
        with file.open("rb") as opened:
            data = opened.read(LONGEST_SECRET + 1)
        refuse_readable(file, f"{setting}: {name} holds a secret")
        secret = bare(data.decode("utf-8"))
        if len(data) > LONGEST_SECRET:
            reason = f"it holds more than {LONGEST_SECRET:,} bytes"
        elif not secret:
            reason = "it is empty"
    except RuntimeError:  # pathlib's, for a home folder that nobody has
        reason = "no user of that name has a home folder here"
    except UnicodeDecodeError:
        reason = "it is not text"
    except ValueError:  # Python's, for a NUL in a path
        reason = "its name holds a NUL character"
    except OSError as error:
        reason = error.strerror or "the system refuses it"
    if reason:
        shown = name.replace("\0", "\u2400")
        raise ConfigError(f"{setting} names {shown}, which cannot be read: {reason}")
    return secret


def _endpoint(text: str, setting: str) -> str:
    """A URL with its scheme (https unless given) and without a slash at the end."""
    try:
        return read_endpoint(bare(text))
    except EndpointError as error:
        # The text itself may hold a SAS or a password, and is not repeated.
        raise ConfigError(
            f"{setting} is not the URL of a service, such as https://host or host: {error}"
        ) from None


def _first_label(endpoint: str, setting: str) -> str:
    """The account's name, which begins the host's name of every account in Azure."""
    host = urlsplit(endpoint).hostname or ""
    if "." not in host or is_loopback(endpoint):
        raise ConfigError(f"{setting} is missing: the endpoint {endpoint} does not name an account")
    return host.partition(".")[0]
