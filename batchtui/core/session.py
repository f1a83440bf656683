"""An account that is open for use, whichever profile it comes from."""

from dataclasses import dataclass

from batchtui.core.gateway import Gateway
from batchtui.core.prices import NO_PRICES, Prices
from batchtui.core.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Session:
    """A gateway, and what the screen says about the account behind it."""

    gateway: Gateway
    traffic: Traffic
    label: str
    """The account's name."""
    endpoint: str
    local: bool
    read_only: bool
    simulated: bool = False
    """Whether its nodes and tasks are only played."""
    guard: str = ""
    """What makes it read-only, such as `the profile work says so`."""
    prices: Prices = NO_PRICES
    """What its nodes cost, as far as the user said so."""
