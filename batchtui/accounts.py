"""An account as settings spell it, made into a profile.

Both sources of settings end here: a table of the configuration file and the environment. Every
error names the setting where it is wrong, as its source calls it, and never shows its value
where that may be a secret.
"""

import ipaddress
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from batchtui.core.private_files import readable_by_others
from batchtui.core.profile import ConfigError, Profile
from batchtui.core.redact import hold


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
    read_only: bool = False
    poll_requests_per_minute: object = None
    """Checked by `config`, which knows what else may say it."""


SECRETS = ("batch_key", "storage_key", "storage_connection_string")
"""The settings that are a secret themselves."""

Where = Callable[[str], str]
"""What the user calls a setting: a key of the file with its path, or a variable's name."""


def make_profile(
    name: str, settings: AccountSettings, *, where: Where, environ: Mapping[str, str]
) -> Profile:
    """The profile that `settings` describe, or a `ConfigError`."""
    if not settings.batch_endpoint:
        raise ConfigError(
            f"{where('batch_endpoint')} is missing: it is the account's URL, such as "
            "https://myaccount.westeurope.batch.azure.com"
        )
    endpoint = _endpoint(settings.batch_endpoint, where("batch_endpoint"))
    key = _secret(settings, "batch_key", where, environ)
    storage = _storage(settings, where, environ)
    return Profile(
        name=name,
        batch_endpoint=endpoint,
        batch_account=settings.batch_account or _first_label(endpoint, where("batch_account")),
        batch_key=key or None,
        storage_endpoint=storage.endpoint,
        storage_account=storage.account,
        storage_key=storage.key or None,
        read_only=settings.read_only,
        local=_is_loopback(urlsplit(endpoint).hostname or ""),
    )


class _StorageAccount(Struct, frozen=True):
    endpoint: str = ""
    account: str = ""
    key: str = ""


def _storage(
    settings: AccountSettings, where: Where, environ: Mapping[str, str]
) -> _StorageAccount:
    """The storage account; a connection string goes before the single settings, as in az."""
    text = _secret(settings, "storage_connection_string", where, environ)
    if text:
        return _from_connection_string(text, where("storage_connection_string"))
    key = _secret(settings, "storage_key", where, environ)
    if settings.storage_endpoint:
        endpoint = _endpoint(settings.storage_endpoint, where("storage_endpoint"))
        account = settings.storage_account or _storage_name(endpoint, where("storage_account"))
        return _StorageAccount(endpoint, account, key)
    if settings.storage_account:
        endpoint = f"https://{settings.storage_account}.blob.core.windows.net"
        return _StorageAccount(endpoint, settings.storage_account, key)
    if key:
        raise ConfigError(
            f"{where('storage_key')} is set but {where('storage_account')} is not: "
            "say which account the key belongs to"
        )
    return _StorageAccount()


def _from_connection_string(text: str, setting: str) -> _StorageAccount:
    """`Name=value;...` as the portal shows it; the names are compared without case."""
    parts = [part.partition("=") for part in text.strip().strip(";").split(";")]
    values = {name.strip().lower(): value.strip() for name, _, value in parts}
    account, key = values.get("accountname", ""), values.get("accountkey", "")
    hold(key)
    for member, value in (("AccountName", account), ("AccountKey", key)):
        if not value:
            raise ConfigError(
                f"{setting} has no {member}: copy the whole connection string, "
                "DefaultEndpointsProtocol=...;AccountName=...;AccountKey=...;EndpointSuffix=..."
            )
    scheme = values.get("defaultendpointsprotocol") or "https"
    suffix = values.get("endpointsuffix") or "core.windows.net"
    endpoint = values.get("blobendpoint") or f"{scheme}://{account}.blob.{suffix}"
    return _StorageAccount(_endpoint(endpoint, f"the BlobEndpoint in {setting}"), account, key)


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
            f"{what} that others can read (mode {mode:04o}); run chmod 600 {shlex.quote(str(file))}"
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
        return environ[value].strip()
    if setting.endswith("_file"):
        try:
            file = Path(value).expanduser()
            secret = file.read_text("utf-8").strip()
            refuse_readable(file, f"{where(setting)}: {value} holds a secret")
            return secret
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigError(
                f"{where(setting)} names {value}, which cannot be read: {reason}"
            ) from error
    return value.strip()


def _endpoint(text: str, setting: str) -> str:
    """A URL with its scheme (https unless given) and without a slash at the end."""
    url = text.strip()
    url = (url if "://" in url else f"https://{url}").rstrip("/")
    try:
        parts = urlsplit(url)
        usable = bool(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        # The text itself may hold a SAS or a password, and is not repeated.
        raise ConfigError(f"{setting} is not the URL of a service, such as https://host or host")
    return url


def _first_label(endpoint: str, setting: str) -> str:
    """The account's name, which begins the host's name of every account in Azure."""
    host = urlsplit(endpoint).hostname or ""
    if "." not in host or _is_loopback(host):
        raise ConfigError(f"{setting} is missing: the endpoint {endpoint} does not name an account")
    return host.partition(".")[0]


def _storage_name(endpoint: str, setting: str) -> str:
    """The account's name: the first folder of a path-style URL, else the host's first label."""
    folder = urlsplit(endpoint).path.strip("/").partition("/")[0]
    return folder or _first_label(endpoint, setting)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
