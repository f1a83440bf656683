"""Why no sign-in to Entra ID worked, and what to do."""

import re

from batchtui.client.refusal import sentence

AZ = "AzureCliCredential"
UNCONFIGURED = (
    "unavailable",
    "is not installed",
    "not found",
    "could not be found",
    "failed to initialize",
    "not supported",
    "not fully configured",
    "not set",
    "package to be installed",
)
"""How azure-identity says that a credential was never set up, which is so for most of them."""

NAMES = {
    "EnvironmentCredential": "the AZURE_CLIENT_ID variables",
    "WorkloadIdentityCredential": "the workload identity",
    "ManagedIdentityCredential": "the managed identity",
    "AzurePowerShellCredential": "Azure PowerShell",
    "AzureDeveloperCliCredential": "azd",
    "VisualStudioCodeCredential": "Visual Studio Code",
    "SharedTokenCacheCredential": "the token cache",
}

_REASON = re.compile(r"^\s*(\w+Credential|BrokerCredential): (.*)$")
_COMMAND = re.compile(r"""az login(?: --?[\w-]+(?: (?:"[^"]*"|[^\s'"]+))?)*""")
_TRACE = re.compile(r"(?:Trace ID|Correlation ID|Timestamp):.*", re.IGNORECASE)
_MITIGATION = "To mitigate this issue"


def reasons(message: str) -> dict[str, str]:
    """Each credential's own reason, out of the message in which azure-identity joins them."""
    found: dict[str, str] = {}
    name = ""
    for line in message.splitlines():
        if line.startswith(_MITIGATION):
            break
        if match := _REASON.match(line):
            name = match[1]
            found[name] = match[2]
        elif name:
            found[name] += f"\n{line}"
    return found


def explain(account: str, message: str) -> str:
    """A sentence for the failure of all of them; `account` as in `the Batch account mine`."""
    found = reasons(message)
    said, advice = _of_az(found.pop(AZ, ""))
    others = [
        f"{NAMES.get(name, name)}: {_short(reason)}"
        for name, reason in found.items()
        if not any(words in reason.lower() for words in UNCONFIGURED) and name in NAMES
    ]
    told = "; ".join(filter(None, (*others, said)))
    if others and not said:
        advice = "correct that"
    return (
        f"no sign-in to {account} was found{f' ({told})' if told else ''}; "
        f"{advice}, or set the account's key"
    )


def _of_az(reason: str) -> tuple[str, str]:
    """What the Azure CLI says, and what to do about it."""
    lowered = reason.lower()
    if "not found on path" in lowered:
        return "the Azure CLI, az, is not installed", "install it and run az login"
    if "please run 'az login'" in lowered and "AADSTS" not in reason:
        return "az is not logged in", "run az login"
    if "timed out" in lowered:
        return "az did not answer in time", "try again"
    if " " not in reason.strip():  # nothing, or a word that explains nothing
        return "", "run az login"
    command = _COMMAND.search(reason)
    return f"az says: {_short(reason)}", f"run {command[0] if command else 'az login'}"


def _short(reason: str) -> str:
    """The first line of a reason that says something, without the service's trace."""
    lines = (
        _TRACE.sub("", line).strip().removeprefix("ERROR:").strip() for line in reason.split("\n")
    )
    return sentence(next(filter(None, lines), "no reason given"))
