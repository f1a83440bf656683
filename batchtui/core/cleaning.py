"""Entities fit to be shown: whole, but for what is secret in them."""

import re
from collections.abc import Mapping
from typing import Any

from batchtui.core.redact import HIDDEN, redacted
from batchtui.core.things import Document

SECRET_MEMBERS = frozenset(
    name.lower()
    for name in ("password", "accountKey", "sasKey", "sshPrivateKey", "protectedSettings")
)
"""Members of the wire that hold a secret, whatever is in them."""

SECRET_NAMES = re.compile(
    r"pass(word|wd)?$|secret|token|credential|(api|access|account|private)_?key", re.I
)
"""Names that people give to settings that hold a secret."""


def cleaned(document: Document) -> Document:
    """The same, with secrets hidden: in URLs, by their members' names, and in settings."""
    return {name: _member(name, value) for name, value in document.items()}


def _member(name: str, value: Any) -> Any:
    if name.lower() in SECRET_MEMBERS:
        return HIDDEN
    return _value(value)


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        setting = value.get("name")
        secret = isinstance(setting, str) and SECRET_NAMES.search(setting) is not None
        return {
            name: HIDDEN if secret and name == "value" else _member(name, each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return value
