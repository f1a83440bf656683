"""What settings of accounts mean, and what is said of those that cannot be used."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from batchtui.client.connect import connect
from batchtui.config import ConfigError, choose
from batchtui.core.clouds import CHINA, PUBLIC, US_GOVERNMENT, Cloud
from batchtui.core.endpoints import EndpointError, in_the_clear, is_loopback, read_endpoint
from batchtui.core.gateway import GatewayError
from batchtui.core.profile import Profile
from batchtui.core.traffic import Traffic
from batchtui.storage_settings import EMULATOR_KEY

KEY = "c2VjcmV0" * 8
SAS = "sv=2024-11-04&ss=b&srt=sco&sp=rwl&sig=c2lnbmF0dXJl%3D"
URL = "https://mine.westeurope.batch.azure.com"
ENVIRONMENT = {"AZURE_BATCH_ENDPOINT": URL, "AZURE_BATCH_ACCESS_KEY": "a2V5"}


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def chosen(file: Path, environ: Mapping[str, str] = {}, name: str | None = None) -> Profile:
    profile = choose(name, environ=environ, file=file, storage_optional=True)
    assert isinstance(profile, Profile)
    return profile


BAD_HOSTS = [
    "https://acct..westeurope.batch.invalid",
    "https://.westeurope.batch.azure.com",
    "https://" + "a" * 70 + ".westeurope.batch.azure.com",
    "https://" + ".".join(["a" * 60] * 5),
    "https://my_account.westeurope.batch.azure.com",
    "https://-mine.westeurope.batch.azure.com",
    "https://mine-.westeurope.batch.azure.com",
    "https://mi ne.batch.azure.com",
    "https://mine.batch.azure.com:99999",
    "https://mine.batch.azure.com:0",
    "https://mine.batch.azure.com:",
    "https://mine.batch.azure.com:port",
    "https://user@mine.batch.azure.com",
    "https://@mine.batch.azure.com",
    "https://user:secret@mine.batch.azure.com",
    "https://mine.batch.azure.com?sig=secret",
    "https://mine.batch.azure.com/?",
    "https://mine.batch.azure.com#x",
    "https://256.1.1.1",
    "https://1.2.3",
    "https://0x7f000001",
    "https://[::1",
    "https://[::1%eth0]",
    "https://[12345::]",
    "https://\u2024.azure.com",
    "https://" + "ü" * 64 + ".com",
    "https://mine\\evil.com",
    "https://mine%2eevil.com",
    "https://..",
    "https://.",
    "https:///",
    "https://",
    "ftp://mine.batch.azure.com",
    "://mine",
]


@pytest.mark.fault("1.6")
@pytest.mark.parametrize("endpoint", BAD_HOSTS)
def test_what_names_no_host_is_refused_in_a_sentence(endpoint: str, nothing: Path) -> None:
    environ = ENVIRONMENT | {"AZURE_BATCH_ENDPOINT": endpoint}
    with pytest.raises(ConfigError, match=r"^AZURE_BATCH_ENDPOINT is not the URL of a") as caught:
        chosen(nothing, environ)
    assert "secret" not in str(caught.value)
    nothing.write_text(f"[profiles.work]\nbatch_endpoint = {endpoint!r}\n")
    with pytest.raises(ConfigError, match=r"profiles.work.batch_endpoint is not the URL of a"):
        chosen(nothing, name="work")


@pytest.mark.fault("1.6")
@pytest.mark.parametrize("endpoint", BAD_HOSTS[:3])
async def test_a_host_that_is_none_ends_no_client(endpoint: str) -> None:
    """Of a profile that no settings made."""
    async with connect(Profile("t", endpoint, "mine", KEY), Traffic()) as gateway:
        with pytest.raises(GatewayError, match=r"^Could not list pools: "):
            await gateway.batch.pools()


@pytest.mark.fault("1.6")
@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("mine.westeurope.batch.azure.com/", URL),
        ('"https://mine.westeurope.batch.azure.com"', URL),
        ("https://MINE.westeurope.batch.azure.com.", URL),
        ("http://127.0.0.1:4000/prefix/", "http://127.0.0.1:4000/prefix"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("localhost:1", "https://localhost:1"),
        ("https://" + "a" * 63 + ".com", "https://" + "a" * 63 + ".com"),
    ],
)
def test_what_names_a_host(text: str, endpoint: str, nothing: Path) -> None:
    environ = {"AZURE_BATCH_ENDPOINT": text, "AZURE_BATCH_ACCOUNT": "mine"}
    assert chosen(nothing, environ).batch_endpoint == endpoint


@pytest.mark.fault("5.8")
@pytest.mark.parametrize(
    ("endpoint", "clear"),
    [
        ("http://mine.batch.azure.com", True),
        ("http://10.0.0.1:80", True),
        ("http://localhost.evil.com", True),
        ("http://127.0.0.1.evil.com", True),
        ("http://[fe80::1]", True),
        ("HTTP://mine.batch.azure.com", True),
        ("http://127.0.0.1:4000", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:4000", False),
        ("http://localhost", False),
        ("http://local.localhost:9", False),
        ("https://mine.batch.azure.com", False),
    ],
)
async def test_a_key_over_plain_http_is_for_this_machine_alone(
    endpoint: str, clear: bool, nothing: Path
) -> None:
    assert in_the_clear(endpoint) is clear
    environ = {"AZURE_BATCH_ENDPOINT": endpoint, "AZURE_BATCH_ACCOUNT": "mine"}
    nothing.write_text(
        f'[profiles.work]\nbatch_endpoint = "{endpoint}"\nbatch_account = "mine"\n'
        'batch_key_env = "K"\n'
    )
    for given, name in ((environ | {"AZURE_BATCH_ACCESS_KEY": KEY}, None), ({"K": KEY}, "work")):
        if clear:
            with pytest.raises(ConfigError, match=r"is not https, and a key is used over plain"):
                chosen(nothing, given, name)
        else:
            assert chosen(nothing, given, name).batch_key == KEY
    refused = False
    try:
        async with connect(Profile("t", endpoint, "mine", KEY), Traffic()):
            """Nothing is sent yet."""
    except GatewayError as error:
        refused = "is not https, so that the key of the Batch account mine was not used" in str(
            error
        )
    assert refused is clear


@pytest.mark.fault("5.8")
@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"AZURE_STORAGE_CONNECTION_STRING": f"BlobEndpoint=http://h.x/a;AccountKey={KEY}"}, "key"),
        (
            {
                "AZURE_STORAGE_CONNECTION_STRING": (
                    f"DefaultEndpointsProtocol=http;AccountName=s;AccountKey={KEY}"
                )
            },
            "key",
        ),
        (
            {
                "AZURE_STORAGE_CONNECTION_STRING": (
                    f"BlobEndpoint=http://h.x/a;SharedAccessSignature={SAS}"
                )
            },
            "SAS",
        ),
    ],
)
async def test_storage_over_plain_http_is_left_out(
    settings: dict[str, str], what: str, nothing: Path
) -> None:
    profile = chosen(nothing, ENVIRONMENT | settings)
    assert not profile.storage_endpoint
    assert f"a {what} is used over plain http with this machine alone" in profile.storage_trouble
    assert KEY not in profile.storage_trouble
    assert "c2ln" not in profile.storage_trouble
    direct = Profile("t", URL, "mine", KEY, "http://h.x/a", "s", storage_key=KEY)
    async with connect(direct, Traffic()) as gateway:
        assert gateway.storage is None
        assert "http://h.x/a is not https" in gateway.no_storage


@pytest.mark.fault("2.9")
@pytest.mark.parametrize(
    ("text", "account"),
    [
        (f"AccountName=s;AccountKey={KEY}", ("https://s.blob.core.windows.net", "s", KEY, None)),
        (
            f"  'AccountKey={KEY} ; accountname = s;;'  ",
            ("https://s.blob.core.windows.net", "s", KEY, None),
        ),
        (
            f'"DefaultEndpointsProtocol=https;AccountName="s";AccountKey="{KEY}""',
            ("https://s.blob.core.windows.net", "s", KEY, None),
        ),
        (
            f"AccountName=s;AccountKey={KEY};EndpointSuffix=.core.chinacloudapi.cn",
            ("https://s.blob.core.chinacloudapi.cn", "s", KEY, None),
        ),
        (
            f"SharedAccessSignature=?{SAS};BlobEndpoint=https://s.blob.core.windows.net/",
            ("https://s.blob.core.windows.net", "s", None, SAS),
        ),
        (
            f"AccountName=s;SharedAccessSignature={SAS}",
            ("https://s.blob.core.windows.net", "s", None, SAS),
        ),
        (
            f"BlobEndpoint=https://s.z1.blob.storage.azure.net;AccountKey={KEY}",
            ("https://s.z1.blob.storage.azure.net", "s", KEY, None),
        ),
        (
            "UseDevelopmentStorage=true",
            ("http://127.0.0.1:10000/devstoreaccount1", "devstoreaccount1", EMULATOR_KEY, None),
        ),
        (
            "'usedevelopmentstorage = TRUE;DevelopmentStorageProxyUri=http://localhost:7;'",
            ("http://localhost:7/devstoreaccount1", "devstoreaccount1", EMULATOR_KEY, None),
        ),
    ],
)
def test_kinds_of_connection_strings(
    text: str, account: tuple[str, str, str | None, str | None], nothing: Path
) -> None:
    profile = chosen(nothing, ENVIRONMENT | {"AZURE_STORAGE_CONNECTION_STRING": text})
    assert profile.storage_trouble == ""
    assert (
        profile.storage_endpoint,
        profile.storage_account,
        profile.storage_key,
        profile.storage_sas,
    ) == account
    assert "sig=" not in repr(profile)


@pytest.mark.fault("2.9", "1.6")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "has no AccountName and no BlobEndpoint"),
        (";;;", "has no AccountName and no BlobEndpoint"),
        ("AccountName=s", "has no AccountKey and no SharedAccessSignature"),
        (f"AccountName=my..s;AccountKey={KEY}", "the AccountName or the EndpointSuffix in"),
        (f"AccountName=s;AccountKey={KEY};EndpointSuffix=a..b", "is not the URL of a service"),
        (f"BlobEndpoint=https://a_b.com;AccountKey={KEY}", "the BlobEndpoint in"),
        (f"BlobEndpoint=https://[::1/;AccountKey={KEY}", "the BlobEndpoint in"),
        ("BlobEndpoint=https://s.x.y;SharedAccessSignature=sv=1", "without its sig="),
        ("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://a..b", "Proxy"),
        (f"QueueEndpoint=https://s.queue.x.y;AccountKey={KEY}", "no BlobEndpoint"),
    ],
)
def test_storage_that_cannot_be_used_costs_storage_alone(
    text: str, reason: str, nothing: Path
) -> None:
    environ = ENVIRONMENT | {"AZURE_STORAGE_CONNECTION_STRING": text}
    profile = chosen(nothing, environ)
    assert not profile.storage_endpoint
    assert profile.batch_endpoint == URL
    assert reason in profile.storage_trouble
    assert "AZURE_STORAGE_CONNECTION_STRING" in profile.storage_trouble
    assert KEY not in profile.storage_trouble
    with pytest.raises(ConfigError):
        choose(None, environ=environ, file=nothing)


@pytest.mark.fault("2.9")
async def test_a_storage_key_that_is_none_costs_storage_alone() -> None:
    for key in ("no key", "schlüssel"):
        profile = Profile("t", URL, "mine", KEY, "https://s.blob.x.y", "s", storage_key=key)
        async with connect(profile, Traffic()) as gateway:
            assert gateway.storage is None
            assert "storage account s is not base64" in gateway.no_storage


@pytest.mark.fault("1.16")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("~nosuchuser/x", "no user of that name has a home folder here"),
        ("a\\u0000b", "its name holds a NUL character"),
        ("x" * 5000, "File name too long"),
        ("/", "Is a directory"),
        ("/dev/null", "it is empty"),
        ("/dev/zero", "it holds more than 65,536 bytes"),
        ("/etc/hostname/x", "Not a directory"),
    ],
)
def test_a_key_file_that_is_none(name: str, reason: str, nothing: Path) -> None:
    nothing.write_text(f'[profiles.work]\nbatch_endpoint = "{URL}"\nbatch_key_file = "{name}"\n')
    with pytest.raises(ConfigError, match=r"profiles\.work\.batch_key_file") as caught:
        chosen(nothing, name="work")
    assert "\0" not in str(caught.value)
    assert reason in str(caught.value) or "others can read" in str(caught.value)


@pytest.mark.fault("1.16")
@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5000, "a = 1\0"])
def test_a_file_that_no_parser_takes(text: str, nothing: Path) -> None:
    nothing.write_text(text)
    with pytest.raises(ConfigError, match=r"is not valid TOML|is not a setting"):
        choose(None, environ={}, file=nothing)


@pytest.mark.fault("2.29")
@pytest.mark.parametrize(
    ("endpoint", "named", "cloud", "storage"),
    [
        ("mine.westeurope.batch.azure.com", "", PUBLIC, "core.windows.net"),
        ("mine.usgovvirginia.batch.usgovcloudapi.net", "", US_GOVERNMENT, "core.usgovcloudapi.net"),
        ("mine.chinaeast2.batch.chinacloudapi.cn", "", CHINA, "core.chinacloudapi.cn"),
        ("batch.example.com", "", PUBLIC, "core.windows.net"),
        ("batch.example.com", "AzureUSGovernment", US_GOVERNMENT, "core.usgovcloudapi.net"),
        ("batch.example.com", "azurechinacloud", CHINA, "core.chinacloudapi.cn"),
        ("mine.chinaeast2.batch.chinacloudapi.cn", "public", PUBLIC, "core.windows.net"),
        ("mine.chinacloudapi.cn.example.com", "", PUBLIC, "core.windows.net"),
    ],
)
def test_the_cloud_of_an_account(
    endpoint: str, named: str, cloud: Cloud, storage: str, nothing: Path
) -> None:
    lines = f'batch_endpoint = "{endpoint}"\nstorage_account = "s"\n'
    nothing.write_text(f'[profiles.work]\n{lines}cloud = "{named}"\n')
    profile = chosen(nothing, name="work")
    assert profile.cloud is cloud
    assert profile.storage_endpoint == f"https://s.blob.{storage}"


@pytest.mark.fault("2.29")
def test_a_cloud_that_nobody_knows(nothing: Path) -> None:
    nothing.write_text(f'[profiles.work]\nbatch_endpoint = "{URL}"\ncloud = "Nimbus"\n')
    with pytest.raises(ConfigError, match=r"cloud is not the name of a cloud: known are AzureCl"):
        chosen(nothing, name="work")


def test_addresses_of_this_machine() -> None:
    assert is_loopback("http://localhost.:1")
    assert not is_loopback("http://[")
    with pytest.raises(EndpointError):
        read_endpoint("http://[")
