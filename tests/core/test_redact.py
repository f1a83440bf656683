"""Secrets are hidden in whatever spelling they come; everything else stays."""

import base64
import html
import json
import random
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.redact import HIDDEN, Secrets


def key(count: int) -> str:
    """An account's key of so many bytes, with characters that encodings change."""
    return base64.b64encode(b"\xfb\xff\xbf" + random.Random(count).randbytes(count - 3)).decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": lambda value: quote(value, safe=""),
    "quoted in lower case": lambda value: (
        quote(value, safe="").replace("%2B", "%2b").lower()
        if value.islower()
        else quote(value, safe="").replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")
    ),
    "quoted twice": lambda value: quote(quote(value, safe=""), safe=""),
    "as in a form": quote_plus,
    "in JSON": json.dumps,
    "in JSON with escapes": lambda value: "".join(
        char if char.isalnum() else f"\\u{ord(char):04X}" for char in value
    ),
    "in JSON within JSON": lambda value: json.dumps(
        "".join(char if char.isalnum() else f"\\u{ord(char):04x}" for char in value)
    ),
    "with escaped slashes": lambda value: value.replace("/", "\\/"),
    "as HTML": html.escape,
    "as HTML numbers": lambda value: "".join(
        char if char.isalnum() else f"&#{ord(char)};" for char in value
    ),
    "as hexadecimal HTML": lambda value: "".join(
        char if char.isalnum() else f"&#x{ord(char):x};" for char in value
    ),
    "for URLs": lambda value: value.replace("+", "-").replace("/", "_"),
    "without its end": lambda value: value.rstrip("="),
    "its bytes": lambda value: base64.b64decode(value).hex(),
    "in base64": lambda value: base64.b64encode(value.encode()).decode(),
    "in base64, after a name": lambda value: base64.b64encode(f"u:{value}".encode()).decode(),
    "in base64, amid words": lambda value: base64.b64encode(f"the {value} is".encode()).decode(),
    "as bytes": lambda value: repr(value.encode()),
}


@pytest.mark.fault("5.7")
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("size", [16, 24, 32, 33, 48, 64])
def test_a_held_key_is_hidden_however_it_is_spelled(spelling: str, size: int) -> None:
    secrets, value = Secrets(), key(size)
    secrets.hold(value)
    spelled = SPELLINGS[spelling](value)
    shown = secrets.hide(f"tried {spelled} and failed")
    assert shown.startswith("tried ")
    assert shown.endswith(" and failed")
    assert HIDDEN in shown
    for length in (12,):
        pieces = [spelled[at : at + length] for at in range(4, len(spelled) - length - 4)]
        assert not any(piece in shown for piece in pieces)


SIGNATURE = "aB3%2FdE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC%3D"
LEAKS = [
    f"https://a.blob.core.windows.net/c?sv=1&sig={SIGNATURE}&se=2",
    f"https://a.blob.core.windows.net/c?sig={SIGNATURE}",
    f"https://a/c?sv=1\\u0026sig={SIGNATURE}\\u0026se=2",
    f"https://a/c?sv=1\\\\u0026sig={SIGNATURE}",
    f"https%3A%2F%2Fa%2Fc%3Fsv%3D1%26sig%3D{SIGNATURE.replace('%', '%25')}%26se%3D2",
    f"https%3A%2F%2Fa%2Fc%3Fsig%3D{SIGNATURE.replace('%', '%25')}",
    f"https%253A%252F%252Fa%252Fc%253Fsig%253D{SIGNATURE.replace('%', '%2525')}",
    f"https%3a%2f%2fa%2fc%3fsv%3d1%26sig%3d{SIGNATURE.replace('%', '%25')}",
    f"https://a/c?sv=1&amp;sig={SIGNATURE}&amp;se=2",
    f"SIG={SIGNATURE}",
    f"?sv=1&sig\\u003d{SIGNATURE}",
    f'{{"sig": "{SIGNATURE}"}}',
    f"{{'sig': '{SIGNATURE}'}}",
    f"AccountName=a;AccountKey={key(64)};EndpointSuffix=x",
    f"AccountKey={key(32)}",
    f"AccountKey = {key(32)}",
    f"accountkey%3D{quote(key(32), safe='')}",
    f'"accountKey": "{key(24)}"',
    f'\\"accountKey\\": \\"{key(24)}\\"',
    f"account_key={key(32)}",
    f"AZURE_BATCH_ACCESS_KEY={key(64)}",
    f"AZURE_STORAGE_KEY='{key(64)}'",
    f"AZURE_CLIENT_SECRET=wJ8Q~{'x' * 30}",
    f"SharedAccessSignature=sv=1&sig={SIGNATURE};BlobEndpoint=x",
    f"Authorization: SharedKey acct:{key(32)}",
    f"'Authorization': 'SharedKeyLite acct:{key(32)}'",
    f"SharedKey%20acct%3A{quote(key(32), safe='')}",
    f"Authorization: Bearer eyJ{'a' * 40}.{'b' * 40}.{'c' * 40}",
    f'{{"access_token":"0.{"A" * 60}"}}',
    f"eyJ{'a' * 40}.{'b' * 40}.{'c' * 40}",
    f"the key {key(64)} was refused",
    quote(key(64), safe=""),
    key(64).replace("+", "\\u002B").replace("/", "\\/").replace("=", "\\u003D"),
    f"https://user:{'p' * 12}@host/path",
]


@pytest.mark.fault("5.7")
@pytest.mark.parametrize("text", LEAKS)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    shown = Secrets().hide(text)
    assert HIDDEN in shown
    for secret in (
        SIGNATURE[8:30], key(64)[4:40], key(32)[4:24], key(24)[4:20], "b" * 40, "A" * 60,
        "x" * 30, "p" * 12,
    ):  # fmt: skip
        assert secret not in shown


HARMLESS = [
    "task t-1 failed: exit code 7",
    "https://acct.westeurope.batch.azure.com/jobs?api-version=2025-06-01.1.0",
    "signal 9",
    "design=flat&assign=1",
    "Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "d41d8cd98f00b204e9800998ecf8427e",
    "echo 100% & exit",
    "the password was wrong",
    "token 3 of 5",
    "http://127.0.0.1:10000/devstoreaccount1/c",
    "C:\\users\\u0026",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    secrets = Secrets()
    secrets.hold(key(64))
    assert secrets.hide(text) == text


def test_what_is_empty_or_short_is_not_held() -> None:
    secrets = Secrets()
    secrets.hold("", None, "pool", "job")
    assert secrets.hide("pool job") == "pool job"


def test_old_values_are_let_go_before_new_ones() -> None:
    secrets = Secrets()
    for number in range(secrets.MOST + 1):
        secrets.hold(f"{number:04}-a-token-of-some-length")
    assert secrets.hide("0000-a-token-of-some-length") != HIDDEN
    assert secrets.hide("0064-a-token-of-some-length") == HIDDEN


@given(st.text())
def test_any_text_is_redacted_without_trouble(text: str) -> None:
    secrets = Secrets()
    secrets.hold(key(64), key(32))
    assert isinstance(secrets.hide(text), str)
