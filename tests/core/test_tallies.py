import itertools

from batchtui.core.tallies import Tallies


def counting() -> tuple[Tallies[int], list[str]]:
    asked: list[str] = []

    async def count(key: str) -> int:
        asked.append(key)
        return len(asked)

    return Tallies(count, clock=itertools.count().__next__), asked


async def test_what_comes_on_screen_is_counted_at_once_and_then_takes_its_turns() -> None:
    tallies, asked = counting()
    tallies.shown = tuple(f"job-{number:02}" for number in range(20))
    assert set(await tallies.fetch()) == set(tallies.shown)
    asked.clear()
    for _ in range(5):
        await tallies.fetch()
    assert len(asked) == 5 * Tallies.SHOWN_EACH
    assert {asked.count(key) for key in tallies.shown} == {2}


async def test_all_that_is_off_screen_gets_its_turn() -> None:
    tallies, asked = counting()
    tallies.shown = ("seen",)
    tallies.others = tuple(f"job-{number}" for number in range(10))
    for _ in range(3):
        await tallies.fetch()
    assert asked.count("seen") == 3
    assert {asked.count(key) for key in tallies.others} == {1, 2}
