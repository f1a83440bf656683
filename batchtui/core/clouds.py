"""The clouds of Azure that an account may be in: each has its own addresses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """`names` are what a profile may call it, first the Azure CLI's own (`az cloud list`)."""

    names: tuple[str, ...]
    suffix: str
    """How the hosts of its Batch accounts end."""
    batch_audience: str
    """What an Entra ID token for the Batch service is asked for."""
    authority: str
    """Where to sign in."""
    storage_suffix: str

    @property
    def name(self) -> str:
        return self.names[0]


PUBLIC = Cloud(
    ("AzureCloud", "public"),
    "batch.azure.com",
    "https://batch.core.windows.net/",
    "login.microsoftonline.com",
    "core.windows.net",
)
US_GOVERNMENT = Cloud(
    ("AzureUSGovernment", "usgovernment"),
    "usgovcloudapi.net",
    "https://batch.core.usgovcloudapi.net/",
    "login.microsoftonline.us",
    "core.usgovcloudapi.net",
)
CHINA = Cloud(
    ("AzureChinaCloud", "china"),
    "chinacloudapi.cn",
    "https://batch.chinacloudapi.cn/",
    "login.chinacloudapi.cn",
    "core.chinacloudapi.cn",
)
CLOUDS = (PUBLIC, US_GOVERNMENT, CHINA)


def cloud_named(name: str) -> Cloud | None:
    """The cloud of that name, in whatever case."""
    return next((c for c in CLOUDS if name.casefold() in (n.casefold() for n in c.names)), None)


def cloud_of(host: str) -> Cloud:
    """The cloud that a host belongs to; the public one where its name does not say."""
    lowered = host.lower().rstrip(".")
    return next((cloud for cloud in CLOUDS if lowered.endswith("." + cloud.suffix)), PUBLIC)
