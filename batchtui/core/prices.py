"""What nodes cost, as far as the user said so: Batch itself tells no prices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from batchtui.core.models import NodeCounts, Pool, PoolNodeCounts


@dataclass(frozen=True, slots=True)
class Price:
    """Per node and hour; `spot` is None where nobody said what a spot node costs."""

    dedicated: float
    spot: float | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Per hour. `whole` is False where a part of the nodes has no known price."""

    amount: float = 0.0
    whole: bool = True

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.amount + other.amount, self.whole and other.whole)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by VM size, in any one currency."""

    currency: str = ""
    per_hour: Mapping[str, Price] = field(default_factory=dict)
    """By the name of a VM size in lower case, with its `standard_`."""

    def of(self, pool: Pool, counts: PoolNodeCounts | None) -> Cost | None:
        """What the pool's nodes cost in an hour; None for nodes whose price nobody said."""
        dedicated, spot = billed(pool, counts)
        if not dedicated + spot:
            return Cost()
        price = self.per_hour.get(pool.vm_size.casefold())
        if price is None:
            return None
        if price.spot is None:
            known = Cost(dedicated * price.dedicated, whole=not spot)
            return known if dedicated else None
        return Cost(dedicated * price.dedicated + spot * price.spot)

    def together(self, pools: Iterable[Pool], counts: Mapping[str, PoolNodeCounts]) -> Cost | None:
        """What all of them cost in an hour; None where no price at all is known."""
        each = [self.of(pool, counts.get(pool.id)) for pool in pools]
        if self.per_hour and any(cost is not None for cost in each):
            return sum((cost or Cost(whole=False) for cost in each), start=Cost())
        return None

    def words(self, cost: Cost) -> str:
        """`12.40 EUR/h`, and with a plus sign where it is more than that."""
        return f"{cost.amount:,.2f}{'' if cost.whole else '+'} {self.currency}/h".replace(" /", "/")


NO_PRICES = Prices()


def billed(pool: Pool, counts: PoolNodeCounts | None) -> tuple[int, int]:
    """How many dedicated and spot nodes cost something: those that have a machine."""
    if counts is None:
        return pool.current_dedicated_nodes, pool.current_low_priority_nodes
    return machines(counts.dedicated), machines(counts.low_priority)


def machines(counts: NodeCounts) -> int:
    """Nodes that have a machine, which costs whatever its state."""
    return sum(counts.by_state().values()) - counts.deallocated - counts.preempted
