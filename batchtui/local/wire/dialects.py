"""What older api-versions call otherwise, and what they do not know yet.

Dates are those of the api-version that brought a member, as far as recordings and the clients of
that time tell. Inside the account everything has its newest name.
"""

from typing import Any

Json = dict[str, Any]

_CURRENT = "2022-01-01"
"""From here on nothing has another name."""

_RENAMED = (
    ("2020-09-01", "taskSlotsPerNode", "maxTasksPerNode"),
    ("2018-12-01", "httpUrl", "blobSource"),
)
_BROUGHT = {
    "result": "2017-05-01",
    "requiredSlots": "2020-09-01",
    "runningTaskSlotsCount": "2020-09-01",
    "maxParallelTasks": "2021-06-01",
    "virtualMachineInfo": "2021-06-01",
    "allowTaskPreemption": "2022-01-01",
}
_ENDPOINTS_UNTIL = "2024-07-01"
_CERTIFICATES_UNTIL = "2024-07-01"


def spoken(thing: Json, version: str) -> Json:
    """A thing in the words of an api-version, given by its date."""
    if version >= _CURRENT:
        return thing
    names = {new: old for since, new, old in _RENAMED if version < since}
    unknown = {name for name, since in _BROUGHT.items() if version < since}
    spoken: Json = _renamed(thing, names, unknown)
    return spoken


def heard(plain: object, version: str) -> object:
    """JSON that a client sent, in the newest words."""
    if version >= _CURRENT:
        return plain
    return _renamed(plain, {old: new for since, new, old in _RENAMED if version < since}, set())


def has_endpoints(version: str) -> bool:
    """Whether every node can be logged on to: later ones only if their pool says so."""
    return version < _ENDPOINTS_UNTIL


def has_certificates(version: str) -> bool:
    """Whether nodes and accounts have certificates, of which this account has none."""
    return version <= _CERTIFICATES_UNTIL


def _renamed(plain: Any, names: dict[str, str], unknown: set[str]) -> Any:
    if isinstance(plain, dict):
        return {
            names.get(name, name): _renamed(value, names, unknown)
            for name, value in plain.items()
            if name not in unknown
        }
    if isinstance(plain, list):
        return [_renamed(value, names, unknown) for value in plain]
    return plain
