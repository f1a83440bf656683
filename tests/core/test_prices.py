"""What pools cost, and what nobody can know."""

from batchtui.core.models import NodeCounts, Pool, PoolNodeCounts
from batchtui.core.prices import Cost, Price, Prices, billed

PRICES = Prices("EUR", {"standard_d2s_v3": Price(0.1, 0.02), "standard_f4": Price(0.2)})


def pool(vm_size: str, dedicated: int = 0, spot: int = 0) -> Pool:
    return Pool(
        vm_size + str(spot), vm_size=vm_size, current_dedicated_nodes=dedicated,
        current_low_priority_nodes=spot,
    )  # fmt: skip


def test_a_pool_costs_what_its_nodes_do() -> None:
    assert PRICES.of(pool("Standard_D2s_v3", 10, 100), None) == Cost(3.0)
    assert PRICES.of(pool("standard_f4", 10), None) == Cost(2.0)
    assert PRICES.of(pool("standard_f4", 10, 1), None) == Cost(2.0, whole=False)
    assert PRICES.of(pool("standard_f4", 0, 1), None) is None
    assert PRICES.of(pool("standard_x", 1), None) is None
    assert PRICES.of(pool("standard_x"), None) == Cost(), "nothing costs nothing"


def test_nodes_without_a_machine_cost_nothing() -> None:
    counts = PoolNodeCounts("p", NodeCounts(idle=3, deallocated=2), NodeCounts(preempted=4, idle=1))
    assert billed(pool("standard_f4", 5, 5), counts) == (3, 1)


def test_the_whole_says_when_it_is_only_a_part() -> None:
    pools = [pool("standard_f4", 10), pool("standard_x", 1)]
    cost = PRICES.together(pools, {})
    assert cost is not None
    assert PRICES.words(cost) == "2.00+ EUR/h"
    assert Prices().together(pools, {}) is None
    assert Prices("", PRICES.per_hour).words(Cost(1234.5)) == "1,234.50/h"
