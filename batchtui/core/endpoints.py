"""Addresses of services as people write them, checked before any library sees them."""

import ipaddress
import re
from urllib.parse import urlsplit

_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")


class EndpointError(ValueError):
    """What is wrong with an address, to stand after `…: `. Never repeats it: it may hold a SAS."""


def read_endpoint(text: str) -> str:
    """The URL of a service with its scheme (https unless given), without a slash at the end.

    A name that is not ASCII comes as DNS has it. Raises `EndpointError`.
    """
    url = text.strip()
    url = (url if "://" in url else f"https://{url}").rstrip("/")
    if _UNFIT.search(url):
        raise EndpointError("it holds a space, a backslash or a control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise EndpointError("its port or its host cannot be read") from None
    if parts.scheme not in ("http", "https"):
        raise EndpointError("it begins with neither https:// nor http://")
    if "@" in parts.netloc:
        raise EndpointError("it holds a user's name")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise EndpointError("it goes on after its path")
    if port == 0 or parts.netloc.endswith(":"):
        raise EndpointError("its port is none")
    place = f":{port}" if port is not None else ""
    return f"{parts.scheme}://{read_host(host)}{place}{parts.path}"


def read_host(host: str) -> str:
    """A name of a host or an address, as it stands in a URL. Raises `EndpointError`."""
    if ":" in host:
        try:
            address = ipaddress.IPv6Address(host)
        except ValueError:
            address = None
        if address is None or address.scope_id is not None:
            raise EndpointError("its IPv6 address cannot be read")
        return f"[{address}]"
    name = host.removesuffix(".")
    if not name:
        raise EndpointError("it names no host")
    labels = name.split(".")
    if "" in labels:
        raise EndpointError("its host has two dots in a row, or begins with one")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            raise EndpointError("its host is no name that DNS knows") from None
        labels = name.split(".")
    if len(name) > 253:
        raise EndpointError("its host has more than 253 characters")
    for label in labels:
        if len(label) > 63:
            raise EndpointError(f"a part of its host has {len(label)} characters, and 63 may be")
        if not _LABEL.fullmatch(label):
            raise EndpointError(
                f"the part {label!r} of its host holds more than letters, digits and hyphens, "
                "or a hyphen at an end"
            )
    if labels[-1].isdecimal() or labels[-1].lower().startswith("0x"):
        try:
            ipaddress.IPv4Address(name)
        except ValueError:
            raise EndpointError("its IPv4 address cannot be read") from None
    return name.lower()


def is_loopback(endpoint: str) -> bool:
    """Whether a URL names this machine."""
    try:
        host = (urlsplit(endpoint).hostname or "").removesuffix(".")
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def in_the_clear(endpoint: str) -> bool:
    """Whether what is sent there can be read on its way: plain http that leaves this machine."""
    return endpoint.lower().startswith("http:") and not is_loopback(endpoint)
