"""What Azure accepts as a name. Each function says what is wrong with one, or nothing."""

import re

ENTITY = re.compile(r"[A-Za-z0-9_-]{1,64}")
CONTAINER = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PARAMETER = re.compile(r"[A-Za-z_][\w-]*")


def wrong_entity(name: str) -> str:
    """A pool's, job's or task's id."""
    if ENTITY.fullmatch(name):
        return ""
    return f"{name!r} is no valid id: 1 to 64 letters, digits, hyphens and underscores"


def wrong_container(name: str) -> str:
    if CONTAINER.fullmatch(name):
        return ""
    return (
        f"{name!r} is no valid container name: 3 to 63 lower-case letters, digits and single "
        "hyphens, a letter or digit at both ends"
    )


def wrong_variable(name: str) -> str:
    """An environment variable's name."""
    if name.startswith("AZ_BATCH_"):
        return f"{name!r} is no name for a variable: the service sets those with AZ_BATCH_ itself"
    return "" if VARIABLE.fullmatch(name) else f"{name!r} is no name for an environment variable"
