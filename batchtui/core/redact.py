"""Takes secrets out of text that a log, a screen, a file or an error message is about to show.

What this program holds itself is replaced by its value, however it is spelled: percent-encoded,
escaped for JSON or HTML, in base64 once more. What others wrote into a text, such as the URLs in a
task's command line, is found by its look.
"""

import base64
import binascii
import functools
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

HIDDEN = "***"

SHORTEST = 16
"""Characters of the shortest secret that is replaced by its value: less could be any word."""

ROUNDS = 3
"""How often a text may have been encoded."""

_EQUALS = r"(?:=|%(?:25)*3D|\\{1,4}u003D|&(?:amp;)*\#(?:61|x3D);)"
_AMPERSAND = r"(?:&|%(?:25)*26|\\{1,4}u0026)"
_SIGN = r"(?:[A-Za-z0-9+/_-]|%(?:25)*2[BF]|\\{1,4}u002[BF]|\\{1,4}/)"
"""A character of base64, also encoded."""
_NAMES = (
    r"(?:account|access|shared|storage|batch|primary|secondary)[_-]?(?:access[_-]?)?key"
    r"|sas[_-]?(?:key|token)|client[_-]?secret|(?:access|refresh|id)[_-]?token"
    r"|pass(?:word|wd)|sharedaccesssignature"
)

_MARKS = ("sig", "key", "secret", "token", "pass", "bearer", "eyj", "://")
"""A text without any of these, in lower case, holds no secret that has a name."""

_NAMED = re.compile(
    rf"""
      (?P<sas> (?: (?<![A-Za-z_]) | (?<=3F) ) sig (?: {_EQUALS} | ["']\s*:\s*["'] ) )
        (?: (?! {_AMPERSAND} ) [^\s"'<>] )+                    # the signature of a SAS
    | (?P<named> (?<![A-Za-z]) (?:{_NAMES})
        \\{{0,4}} ["']? \s* (?: {_EQUALS} | : ) \s* \\{{0,4}} ["']? )
        [^;\s"'<>]+
    | (?P<signed> \b SharedKey(?:Lite)? (?:\s|%(?:25)*20)+ [^\s:%]+ (?: : | %(?:25)*3A ) )
        (?: {_SIGN} | {_EQUALS} )+
    | (?P<token> \b Bearer (?:\s|%(?:25)*20)+ ) [A-Za-z0-9._~+/=-]+
    | (?P<user> :// [^\s/:@"']+ : ) [^\s/@"']+ (?=@)            # a password in a URL
    | \b eyJ[A-Za-z0-9_-]{{10,}} \. [A-Za-z0-9_-]{{10,}} \. [A-Za-z0-9_-]*   # a JSON web token
    """,
    re.VERBOSE | re.IGNORECASE,
)

_KEY = re.compile(
    rf"(?<![A-Za-z0-9+/_-]){_SIGN}{{86}}{_EQUALS}{{2}}(?![A-Za-z0-9+/=])".replace(r"\#", "#"),
    re.IGNORECASE,
)
"""64 bytes in base64: an account's key."""

_KEY_LENGTH = 88


class Secrets:
    """The secrets that are held at present, each to be hidden wherever it comes up."""

    MOST = 64
    """How many are remembered; tokens are renewed, and old ones expire within the hour."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, ...]] = {}

    def hold(self, *values: str | None) -> None:
        """Hide these values from now on. What is empty or very short is no secret."""
        for value in values:
            if value and len(value) >= SHORTEST and value not in self._held:
                self._held[value] = tuple(dict.fromkeys(_spellings(value)))
                while len(self._held) > self.MOST:
                    del self._held[next(iter(self._held))]

    def hide(self, text: str) -> str:
        """`text` without the values that are held, and without what looks like a secret."""
        for spellings in self._held.values():
            for spelling in spellings:
                if spelling in text:
                    text = text.replace(spelling, HIDDEN)
        if self._held and ("%" in text or "\\" in text or "&" in text):
            text = self._hide_encoded(text)
        lowered = text.lower()
        if any(mark in lowered for mark in _MARKS):
            text = _NAMED.sub(_hidden, text)
        return _KEY.sub(HIDDEN, text) if len(text) >= _KEY_LENGTH else text

    def _hide_encoded(self, text: str) -> str:
        decoded = _decoded(text)
        for spellings in self._held.values():
            for spelling in spellings:
                if spelling in decoded:
                    text = _encoded(spelling).sub(HIDDEN, text)
        return text


_SECRETS = Secrets()
"""Of the whole process: a log line or a traceback does not say which account it is about."""

hold = _SECRETS.hold
redacted = _SECRETS.hide


def _hidden(match: re.Match[str]) -> str:
    kept = next((group for group in match.groups() if group), "")
    return kept + HIDDEN


def _spellings(value: str) -> Iterator[str]:
    """The value as it may come in plain text."""
    yield value
    bare = value.rstrip("=")
    yield bare
    yield bare.replace("+", "-").replace("/", "_")
    for before in range(3):
        # Base64 of a text that holds the value: it depends on where it begins, modulo three.
        inner = base64.b64encode(b"\0" * before + bare.encode()).decode()
        yield inner[(0, 2, 3)[before] : len(inner) // 4 * 4 - 4]
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return
    if len(raw) >= SHORTEST:
        yield raw.hex()
        yield raw.hex().upper()


def _decoded(text: str) -> str:
    """The text with percent, JSON and HTML escapes undone."""
    for _ in range(ROUNDS):
        before = text
        text = html.unescape(unquote(text))
        text = re.sub(r"\\+u00([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)
        text = re.sub(r"\\+/", "/", text)
        if text == before:
            break
    return text


@functools.lru_cache(maxsize=256)
def _encoded(value: str) -> re.Pattern[str]:
    """Finds the value with any of its characters escaped in any way."""
    return re.compile("".join(map(_character, value)))


def _character(char: str) -> str:
    code = f"{ord(char):02x}"
    hexadecimal = "".join(
        f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in code
    )
    ways = [
        re.escape(char),
        rf"%(?:25)*{hexadecimal}",
        rf"\\+u00{hexadecimal}",
        rf"&(?:amp;)*\#(?:0*{ord(char)}|[xX]0*{hexadecimal});",
    ]
    if char == "/":
        ways.append(r"\\+/")
    if char == "+":
        ways.append(r"&(?:amp;)*plus;")
    if char == "=":
        ways.append(r"&(?:amp;)*equals;")
    return f"(?:{'|'.join(ways)})"
