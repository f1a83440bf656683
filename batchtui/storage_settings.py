"""A connection string of a storage account, in each of the forms that Azure's tools write."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from batchtui.core.clouds import Cloud
from batchtui.core.endpoints import EndpointError, in_the_clear, is_loopback, read_endpoint
from batchtui.core.redact import hold

EMULATOR = "devstoreaccount1"
EMULATOR_KEY = (  # in Azurite's documents for everybody to read, so that it is no secret
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
EMULATOR_PORT = 10000
FORMS = (
    "it has to be DefaultEndpointsProtocol=...;AccountName=...;AccountKey=...;EndpointSuffix=..., "
    "BlobEndpoint=...;SharedAccessSignature=... or UseDevelopmentStorage=true"
)


class StorageError(Exception):
    """A storage setting cannot be used: a sentence that says which and why."""


class StorageSettings(Struct, frozen=True):
    """A storage account and what signs for it: a key, a SAS, or Entra ID where both are empty."""

    endpoint: str = ""
    account: str = ""
    key: str = ""
    sas: str = ""


def bare(text: str) -> str:
    """A value without the spaces and the quotes around it, which env files keep."""
    text = text.strip()
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text


def read_connection_string(text: str, setting: str, cloud: Cloud) -> StorageSettings:
    """`Name=value;...`; names are compared without case. Raises `StorageError`."""
    values = _members(text)
    key, sas = values.get("accountkey", ""), values.get("sharedaccesssignature", "").lstrip("?")
    hold(key, sas, _signature(sas))
    if values.get("usedevelopmentstorage", "").lower() == "true":
        return _emulator(values, setting)
    account = values.get("accountname", "")
    endpoint = _blob_endpoint(values, account, setting, cloud)
    account = account or storage_name(endpoint)
    if not account:
        raise StorageError(f"{setting} has no AccountName: {FORMS}")
    if not (key or sas):
        raise StorageError(f"{setting} has no AccountKey and no SharedAccessSignature: {FORMS}")
    if sas and not _signature(sas):
        raise StorageError(
            f"{setting} has a SharedAccessSignature without its sig=...: copy the whole SAS"
        )
    return guarded(StorageSettings(endpoint, account, key, "" if key else sas), setting)


def guarded(storage: StorageSettings, setting: str) -> StorageSettings:
    """The same, or a `StorageError` where a secret would be sent in the clear."""
    if (storage.key or storage.sas) and in_the_clear(storage.endpoint):
        what = "key" if storage.key else "SAS"
        raise StorageError(
            f"{setting}: {storage.endpoint} is not https, and a {what} is used over plain http "
            "with this machine alone; use https"
        )
    return storage


def storage_name(endpoint: str) -> str:
    """The account's name: the first folder of a path-style URL, else the host's first label."""
    parts = urlsplit(endpoint)
    folder = parts.path.strip("/").partition("/")[0]
    host = parts.hostname or ""
    return folder or ("" if "." not in host or is_loopback(endpoint) else host.partition(".")[0])


def _members(text: str) -> dict[str, str]:
    parts = [part.partition("=") for part in bare(text).split(";")]
    return {name.strip().lower(): bare(value) for name, _, value in parts if name.strip()}


def _emulator(values: Mapping[str, str], setting: str) -> StorageSettings:
    proxy = values.get("developmentstorageproxyuri") or "http://127.0.0.1"
    try:
        place = read_endpoint(proxy if "://" in proxy else f"http://{proxy}")
        if urlsplit(place).port is None:
            place = f"{place}:{EMULATOR_PORT}"
        endpoint = read_endpoint(f"{place}/{EMULATOR}")
    except EndpointError as error:
        raise StorageError(
            f"the DevelopmentStorageProxyUri in {setting} is not the URL of a service: {error}"
        ) from None
    return guarded(StorageSettings(endpoint, EMULATOR, EMULATOR_KEY), setting)


def _blob_endpoint(values: Mapping[str, str], account: str, setting: str, cloud: Cloud) -> str:
    if blob := values.get("blobendpoint"):
        what, endpoint = "BlobEndpoint", blob
    elif account:
        scheme = values.get("defaultendpointsprotocol") or "https"
        suffix = (values.get("endpointsuffix") or cloud.storage_suffix).lstrip(".")
        what, endpoint = "AccountName or the EndpointSuffix", f"{scheme}://{account}.blob.{suffix}"
    else:
        raise StorageError(f"{setting} has no AccountName and no BlobEndpoint: {FORMS}")
    try:
        return read_endpoint(endpoint)
    except EndpointError as error:
        raise StorageError(
            f"the {what} in {setting} is not the URL of a service, such as https://host: {error}"
        ) from None


def _signature(sas: str) -> str:
    pairs = (part.partition("=") for part in sas.split("&"))
    return next((unquote(value) for name, _, value in pairs if name.lower() == "sig"), "")
