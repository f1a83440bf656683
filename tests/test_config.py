"""Which account is used, and what is said when the settings are wrong."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from batchtui.config import ConfigError, choose, keys, notify, prices, profile_names
from batchtui.core.prices import Price, Prices
from batchtui.core.profile import LocalProfile, Profile
from batchtui.core.watch import Callings

URL = "https://work.westeurope.batch.azure.com"
ENVIRONMENT = {
    "AZURE_BATCH_ACCOUNT": "mine",
    "AZURE_BATCH_ENDPOINT": "mine.westeurope.batch.azure.com/",
    "AZURE_BATCH_ACCESS_KEY": "a2V5",
    "AZURE_STORAGE_ACCOUNT": "store",
    "AZURE_STORAGE_KEY": "c3RvcmU=",
}
AZURITE = (
    "DefaultEndpointsProtocol=http;AccountName=local;AccountKey=a2V5==;"
    "BlobEndpoint=http://127.0.0.1:10000/local;"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")


def chosen(file: Path, name: str | None = None, environ: Mapping[str, str] = {}) -> Profile:
    profile = choose(name, environ=environ, file=file)
    assert isinstance(profile, Profile)
    return profile


def test_nothing_says_which(file: Path) -> None:
    assert choose(None, environ={}, file=file) is None
    assert choose(None, environ={"AZURE_STORAGE_ACCOUNT": "store"}, file=file) is None


def test_the_first_that_is_given_decides(file: Path) -> None:
    write(file, f'default = "a"\n[profiles.a]\nbatch_endpoint = "{URL}"\n')
    assert chosen(file, environ=ENVIRONMENT).name == "a"
    named = ENVIRONMENT | {"BATCHTUI_PROFILE": "environment"}
    assert chosen(file, environ=named).batch_account == "mine"
    assert choose("local", environ=named, file=file) == LocalProfile()
    write(file, "")
    assert chosen(file, environ=ENVIRONMENT).name == "environment"


def test_the_environment_as_az_reads_it(file: Path) -> None:
    assert chosen(file, environ=ENVIRONMENT) == Profile(
        name="environment",
        batch_endpoint="https://mine.westeurope.batch.azure.com",
        batch_account="mine",
        batch_key="a2V5",
        storage_endpoint="https://store.blob.core.windows.net",
        storage_account="store",
        storage_key="c3RvcmU=",
        polls_per_minute=240,
    )


def test_without_a_key_entra_id_signs_in(file: Path) -> None:
    profile = chosen(file, environ={"AZURE_BATCH_ENDPOINT": URL})
    assert (profile.batch_account, profile.batch_key) == ("work", None)
    assert profile.storage_endpoint == ""


def test_a_local_account_of_its_own_making(file: Path) -> None:
    """What `batchtui local --env-file` writes makes a profile."""
    environ = {
        "AZURE_BATCH_ACCOUNT": "local",
        "AZURE_BATCH_ENDPOINT": "http://127.0.0.1:4000",
        "AZURE_BATCH_ACCESS_KEY": "a2V5",
        "AZURE_STORAGE_ACCOUNT": "another",
        "AZURE_STORAGE_CONNECTION_STRING": AZURITE,
    }
    profile = chosen(file, environ=environ)
    assert profile.local
    assert profile.storage_endpoint == "http://127.0.0.1:10000/local"
    assert (profile.storage_account, profile.storage_key) == ("local", "a2V5==")


def test_a_connection_string_of_the_portal(file: Path) -> None:
    text = "DefaultEndpointsProtocol=https;AccountName=s;AccountKey=a2V5;EndpointSuffix=chinacloud"
    profile = chosen(file, environ=ENVIRONMENT | {"AZURE_STORAGE_CONNECTION_STRING": text})
    assert profile.storage_endpoint == "https://s.blob.chinacloud"


def test_secrets_from_elsewhere(file: Path, tmp_path: Path) -> None:
    write(tmp_path / "key", "ZmlsZQ==\n")
    write(
        file,
        f"""
        [profiles.work]
        batch_endpoint = "{URL}"
        batch_key_env = "WORK_KEY"
        storage_endpoint = "https://store.blob.core.windows.net/"
        storage_key_file = "{tmp_path / "key"}"
        read_only = true
        """,
    )
    profile = chosen(file, "work", {"WORK_KEY": "ZW52"})
    assert (profile.batch_key, profile.storage_key) == ("ZW52", "ZmlsZQ==")
    assert profile.storage_account == "store"
    assert profile.read_only


def test_the_names_that_can_be_chosen(file: Path) -> None:
    write(file, f'[profiles.work]\nbatch_endpoint = "{URL}"\n')
    assert profile_names(environ={}, file=file) == ("local", "work")
    assert profile_names(environ=ENVIRONMENT, file=file) == ("local", "environment", "work")


WRONG = {
    "batch_ky = 'a'": "profiles.work.batch_ky is not a setting, did you mean 'batch_key'?",
    "read_only = 'yes'": "profiles.work.read_only: expected true or false, got text",
    "batch_account = 7": "profiles.work.batch_account: expected text, got a whole number",
    "batch_endpoint = 'https://'": "profiles.work.batch_endpoint is not the URL of a service",
    "batch_endpoint = 'ftp://h'": "profiles.work.batch_endpoint is not the URL of a service",
    "batch_endpoint = 'http://h:x'": "profiles.work.batch_endpoint is not the URL of a service",
    "": "profiles.work.batch_endpoint is missing",
    "batch_endpoint = 'http://127.0.0.1:1'": "profiles.work.batch_account is missing",
    f"batch_endpoint = '{URL}'\nbatch_key = 'a'\nbatch_key_env = 'B'": (
        "profiles.work.batch_key and {file}: profiles.work.batch_key_env are both set"
    ),
    f"batch_endpoint = '{URL}'\nbatch_key_env = 'UNSET'": (
        "profiles.work.batch_key_env names the variable UNSET, which is not set"
    ),
    f"batch_endpoint = '{URL}'\nbatch_key_file = '/no/such'": (
        "profiles.work.batch_key_file names /no/such, which cannot be read: No such file"
    ),
    f"batch_endpoint = '{URL}'\nstorage_key = 'secret'": (
        "profiles.work.storage_key is set but {file}: profiles.work.storage_account is not"
    ),
    f"batch_endpoint = '{URL}'\nstorage_connection_string = 'AccountName=a;x=secret'": (
        "profiles.work.storage_connection_string has no AccountKey"
    ),
    f"batch_endpoint = '{URL}?sig=secret'": "profiles.work.batch_endpoint is not the URL",
}


@pytest.mark.parametrize("lines", WRONG)
def test_what_is_wrong_is_named(file: Path, lines: str) -> None:
    write(file, f"[profiles.work]\n{lines}\n")
    with pytest.raises(ConfigError) as caught:
        choose("work", environ={}, file=file)
    assert str(caught.value).startswith(f"{file}: " + WRONG[lines].format(file=file))
    assert "secret" not in str(caught.value)


@pytest.mark.fault("2.26")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("default = 3", "default: expected text, got a whole number"),
        ("profile = 'a'", "profile is not a setting, did you mean 'profiles'?"),
        ("profiles = 3", "profiles: expected a table, got a whole number"),
        ("prices = [1.5]", "prices: expected a table, got a list"),
        ("[profiles]\na = {}\nwork = 2.5", "profiles.work: expected a table, got a number"),
        ("[profiles]\n'a b' = 'x'", "profiles.a b: expected a table, got text"),
        ("[profiles.local]", "profiles.local: the name 'local' is taken"),
    ],
)
def test_a_wrong_file(file: Path, text: str, reason: str) -> None:
    write(file, text)
    with pytest.raises(ConfigError) as caught:
        choose(None, environ={}, file=file)
    assert str(caught.value).startswith(f"{file}: {reason}")


@pytest.mark.fault("2.26")
def test_a_file_in_another_encoding_says_on_which_line(file: Path) -> None:
    write(file, "")
    file.write_bytes("default = 'a'\r\n# Bürö\n".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        choose(None, environ={}, file=file)
    assert str(caught.value) == f"{file} is not valid TOML: line 2 is not UTF-8"


def test_a_file_that_is_no_toml(file: Path) -> None:
    write(file, "default = \n[profiles]\n")
    with pytest.raises(ConfigError, match=r"is not valid TOML: .*line 1"):
        choose(None, environ={}, file=file)


def test_a_profile_that_does_not_exist(file: Path) -> None:
    write(file, f'[profiles.work]\nbatch_endpoint = "{URL}"\n')
    with pytest.raises(ConfigError, match=r"^--profile: there is no profile 'wrk', did you mean"):
        choose("wrk", environ={}, file=file)
    with pytest.raises(ConfigError, match=r"^BATCHTUI_PROFILE: there is no profile 'zzz'; prof"):
        choose(None, environ={"BATCHTUI_PROFILE": "zzz"}, file=file)


def test_an_environment_that_lacks_the_endpoint(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^AZURE_BATCH_ENDPOINT is missing"):
        choose(None, environ={"AZURE_BATCH_ACCOUNT": "mine"}, file=file)


def test_prices_are_by_size_and_may_name_the_spot_price(file: Path) -> None:
    assert prices(file=file) == Prices()
    write(file, '[prices]\ncurrency = "EUR"\nStandard_D2s_v3 = 0.1\nstandard_f4 = [1, 0.2]\n')
    assert prices(file=file) == Prices(
        "EUR", {"standard_d2s_v3": Price(0.1), "standard_f4": Price(1.0, 0.2)}
    )


@pytest.mark.parametrize("line", ['a = "much"', "a = -1", "a = [1, -2]", "currency = 3"])
def test_what_is_no_price(file: Path, line: str) -> None:
    write(file, f"[prices]\n{line}\n")
    with pytest.raises(ConfigError, match=r"prices\.(a|currency): expected "):
        prices(file=file)


@pytest.mark.fault("2.26")
@pytest.mark.parametrize(
    "said",
    ["nan", "inf", "-inf", "[1, 2, 3]", "[]", "[nan]", "[1, inf]", "true", "[0.1, true]", "1e300",
     '["a"]', "{ a = 1 }", "[[1]]", "-0.5", "2026-01-01"],
)  # fmt: skip
def test_what_is_no_price_is_named_with_its_size(file: Path, said: str) -> None:
    write(file, f"[prices]\nStandard_D2s_v3 = {said}\n")
    with pytest.raises(ConfigError, match=r"prices\.Standard_D2s_v3: expected what a node costs"):
        prices(file=file)


@pytest.mark.fault("2.26")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("3", "got 3"),
        ("true", "got True"),
        ("[]", r"got \[\]"),
        ('""', "got an empty text"),
        ('" "', "got an empty text"),
        ('"ctrl+nosuch,,"', "no key is called 'nosuch'"),
        ('"k,"', "a key is missing"),
        ('"ctrl+"', "a key is missing"),
        ('"cntrl+k"', "no key is called 'cntrl', did you mean 'ctrl'"),
        ('"pagedwn"', "no key is called 'pagedwn', did you mean 'pagedown'"),
        ('"kk"', "no key is called 'kk'"),
    ],
)
def test_what_is_no_key_is_named_with_its_command(file: Path, said: str, reason: str) -> None:
    write(file, f'[keys]\n"jobs.terminate" = {said}\n')
    with pytest.raises(ConfigError, match=rf"keys\.jobs\.terminate: expected a key .*{reason}"):
        keys(file=file)


@pytest.mark.fault("2.26")
@pytest.mark.parametrize(
    "said",
    ["K", "ctrl+k", "f5", "x K", "ctrl+shift+k, f6", "question_mark", "?", "ä", "+", "comma",
     "left_square_bracket", "ctrl+backslash", "enter,o", "alt+down", "full_stop"],
)  # fmt: skip
def test_keys_are_called_as_textual_calls_them(file: Path, said: str) -> None:
    write(file, f'[keys]\n"jobs.terminate" = "{said}"\n')
    assert keys(file=file) == {"jobs.terminate": said}


def test_keys_for_commands(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert keys(file=file) == {}
    file.write_text('[keys]\n"jobs.terminate" = "K"\n')
    assert keys(file=file) == {"jobs.terminate": "K"}
    file.write_text('[keys]\n"jobs.terminate" = 7\n')
    with pytest.raises(ConfigError, match="keys"):
        keys(file=file)


def test_bell_and_desktop_can_be_turned_off(file: Path) -> None:
    assert notify(file=file) == Callings(bell=True, osc9=True)
    write(file, "[notify]\nbell = false\n")
    assert notify(file=file) == Callings(bell=False, osc9=True)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('bell = "no"', "notify.bell: expected true or false, got 'no'"),
        ("osc9 = 0", "notify.osc9: expected true or false, got 0"),
        ("osc = false", "notify.osc is not a setting, did you mean 'osc9'?"),
    ],
)
def test_a_wrong_way_to_be_told_is_named(file: Path, line: str, sentence: str) -> None:
    write(file, f"[notify]\n{line}\n")
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        notify(file=file)


@pytest.mark.fault("5.6")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666])
@pytest.mark.parametrize(
    "setting", ["batch_key = 'a2V5'", "storage_account = 's'\nstorage_key = 'a2V5'",
                f"storage_connection_string = '{AZURITE}'"],
)  # fmt: skip
def test_a_file_with_a_secret_is_for_its_owner_only(file: Path, setting: str, mode: int) -> None:
    write(file, f"[profiles.work]\nbatch_endpoint = '{URL}'\n{setting}\n")
    file.chmod(mode)
    mend = f"run chmod 600 {file}"
    with pytest.raises(ConfigError, match=re.escape(mend)) as raised:
        choose("work", environ={}, file=file)
    assert f"(mode {mode:04o})" in str(raised.value)
    assert "a2V5" not in str(raised.value)
    file.chmod(0o600)
    assert chosen(file, "work").name == "work"


@pytest.mark.fault("5.6")
def test_a_file_without_a_secret_may_be_read(file: Path) -> None:
    write(file, f"[profiles.work]\nbatch_endpoint = '{URL}'\nbatch_key_env = 'KEY'\n")
    file.chmod(0o644)
    assert chosen(file, "work", {"KEY": "a2V5"}).batch_key == "a2V5"


@pytest.mark.fault("5.6")
def test_a_key_file_is_for_its_owner_only(file: Path, tmp_path: Path) -> None:
    key = tmp_path / "the key"
    write(key, "a2V5")
    key.chmod(0o644)
    write(file, f"[profiles.work]\nbatch_endpoint = '{URL}'\nbatch_key_file = '{key}'\n")
    with pytest.raises(ConfigError, match=re.escape(f"run chmod 600 '{key}'")):
        choose("work", environ={}, file=file)
    key.chmod(0o400)
    assert chosen(file, "work").batch_key == "a2V5"


def test_what_polling_may_cost(file: Path) -> None:
    profile = f'[profiles.a]\nbatch_endpoint = "{URL}"\n'
    write(file, profile)
    assert chosen(file, "a").polls_per_minute == 240
    assert chosen(file, environ=ENVIRONMENT).polls_per_minute == 240
    write(file, f"poll_requests_per_minute = 100\n{profile}")
    assert chosen(file, "a").polls_per_minute == 100
    assert chosen(file, environ=ENVIRONMENT).polls_per_minute == 100
    write(file, f"poll_requests_per_minute = 100\n{profile}poll_requests_per_minute = 0\n")
    assert chosen(file, "a").polls_per_minute is None
    write(file, '[profiles.a]\nbatch_endpoint = "http://127.0.0.1:1"\nbatch_account = "x"\n')
    assert chosen(file, "a").polls_per_minute is None, "a local account has no limit"


@pytest.mark.parametrize("value", ["-1", "1.5", "true", '"many"', "[240]", "99999999999"])
@pytest.mark.parametrize("place", ["top", "profile"])
def test_a_wrong_budget_is_named(file: Path, value: str, place: str) -> None:
    line = f"poll_requests_per_minute = {value}\n"
    profile = f'[profiles.a]\nbatch_endpoint = "{URL}"\n'
    write(file, f"{line}{profile}" if place == "top" else f"{profile}{line}")
    where = f"{file}: " if place == "top" else f"{file}: profiles.a."
    with pytest.raises(ConfigError, match=re.escape(f"{where}poll_requests_per_minute: expected")):
        choose("a", environ={}, file=file)
