"""Takes secrets out of text that a log, a screen or an error message is about to show."""

import re

HIDDEN = "***"

_SECRETS = re.compile(
    r"""
      (?P<sas> [?&;\s"'] sig= ) [^&\s"'<>]+              # the signature of a SAS
    | (?P<named> \b (?:AccountKey|SharedAccessSignature) \s* = \s* ) [^;\s"']+
    | (?P<signed> \b (?:SharedKey|SharedKeyLite) \s+ [^\s:]+ : ) [A-Za-z0-9+/=]+
    | (?P<token> \b Bearer \s+ ) [A-Za-z0-9._~+/=-]+
    | (?<![A-Za-z0-9+/]) [A-Za-z0-9+/]{86}== (?![A-Za-z0-9+/=])   # 64 bytes: an account's key
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redacted(text: str) -> str:
    """`text` without SAS signatures, account keys, request signatures and bearer tokens."""
    return _SECRETS.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    kept = match["sas"] or match["named"] or match["signed"] or match["token"] or ""
    return kept + HIDDEN
