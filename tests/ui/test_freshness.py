"""How old data is, what is stale and until when: never better than the truth."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from batchtui.core.service_clock import ServiceClock
from batchtui.core.wording import format_age
from batchtui.ui.app import BatchApp
from batchtui.ui.panes.pane import Pane
from batchtui.ui.screens.job import JobScreen
from tests.fakes import FakeAccount, refused, unreachable
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=8, tasks=20)


class Clock:
    now = 5_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0s"), (0.2, "1s"), (59.0, "59s"), (59.2, "1m00s"), (83.0, "1m23s"),
        (3_599.5, "1h00m"), (7_500.0, "2h05m"), (7_501.0, "2h06m"), (273_600.0, "3d4h"),
        (-5.0, "0s"),
    ],
)  # fmt: skip
def test_ages_are_rounded_up(seconds: float, words: str) -> None:
    assert format_age(seconds) == words


def pane(app: TestedApp, name: str) -> str:
    return str(app.panes.query_one(f"#{name}", Pane).border_subtitle)


async def test_the_age_is_that_of_the_oldest_data_on_screen(account: FakeAccount) -> None:
    clock = Clock()
    app = TestedApp(account, clock=clock)
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot, app)
        for name, seconds in (("pools", 50), ("jobs", 20), ("tasks", 30)):
            clock.now += seconds
            await app.panes.feeds[name].poll()
        app.panes.show_ages()
        await pilot.pause()
        assert pane(app, "tasks").endswith("· 0s")
        assert pane(app, "jobs").endswith("· 1m40s"), "its counts are older than its list"
        assert pane(app, "nodes").endswith("1m40s")
        assert "● live 1m40s" in text_of(app.panes.header)


async def test_an_answer_that_took_long_is_as_old_as_its_question(account: FakeAccount) -> None:
    clock = Clock()
    app = TestedApp(account, clock=clock)
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot, app)
        clock.now += 9
        hold = account.calls.hold("pools")
        look = app.panes.feeds.pools
        look.refresh()
        await hold.reached.wait()
        clock.now += 7
        hold.release()
        await until(lambda: look.age == 7)
        app.panes.show_ages()
        await pilot.pause()
        assert "7s" not in pane(app, "pools"), "and the counts beside it are older still"
        assert pane(app, "pools").endswith("· 16s")


async def test_what_is_stale_says_when_it_is_asked_for_again(account: FakeAccount) -> None:
    clock = Clock()
    app = TestedApp(account, clock=clock)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        account.calls.down(unreachable("Could not reach contoso: connection refused"))
        clock.now += 5
        app.panes.feeds.refresh()
        await until(lambda: app.panes.feeds.pools.next_in)
        app.panes.show_ages()
        await pilot.pause()
        assert "stale, 5s old, next try in 1m00s" in pane(app, "pools"), "an hour would be too long"
        assert "○ stale 5s next try in 1m00s" in text_of(app.panes.header)
        account.calls.down(None)
        await pilot.press("r")
        await until(lambda: not app.panes.feeds.pools.reading.error)
        await settled(pilot, app)
        assert "next try" not in text_of(app.panes.header)


@pytest.mark.slow
@pytest.mark.fault("2.17")
@pytest.mark.parametrize(("asked_for", "said"), [(3600.0, "1h00m"), (86400.0, "24h00m")])
async def test_a_service_that_asks_for_long_rest_is_told_of_with_the_time(
    account: FakeAccount, asked_for: float, said: str
) -> None:
    app = TestedApp(account, clock=Clock())
    async with app.run_test(size=(220, 40)) as pilot:
        await settled(pilot, app)
        app.traffic.record("GET", "/jobs", 503, 0.1, retry_after=asked_for)
        app.panes.tick()
        await pilot.pause()
        until_when = app.now() + timedelta(minutes=1)
        assert (
            f"throttled until {until_when:%H:%M:%S} UTC (asked for {said}), r tries now"
            in text_of(app.panes.header)
        )
        before = account.calls.count("jobs")
        await pilot.press("r")
        await until(lambda: account.calls.count("jobs") > before, what="r tries at once")


async def test_a_moment_of_rest_is_said_in_a_word(account: FakeAccount) -> None:
    app = TestedApp(account, clock=Clock())
    async with app.run_test(size=(220, 40)) as pilot:
        await settled(pilot, app)
        app.traffic.record("GET", "/jobs", 503, 0.1)
        app.panes.tick()
        await pilot.pause()
        assert "throttled   ●" in text_of(app.panes.header)


@pytest.mark.fault("2.5")
@pytest.mark.parametrize(("minutes", "way"), [(12, "behind"), (-12, "ahead")])
async def test_a_clock_that_is_off_is_said_and_ages_are_counted_by_the_services(
    account: FakeAccount, minutes: int, way: str
) -> None:
    class RealTime(TestedApp):
        def now(self) -> datetime:
            return BatchApp.now(self)

    app = RealTime(account)
    app.traffic.service_clock = clock = ServiceClock(lambda: NOON)
    for _ in range(3):
        clock.note(NOON + timedelta(minutes=minutes))
    async with app.run_test(size=(220, 40)) as pilot:
        await settled(pilot, app)
        assert f"this machine's clock is 12m00s {way}" in text_of(app.panes.header)
        assert app.panes.now == clock.now() == NOON + clock.offset
        await pilot.press("2", "j", "J")
        await until(lambda: isinstance(app.screen, JobScreen))
        screen = app.screen
        assert isinstance(screen, JobScreen)
        assert screen.clock() == screen.now == clock.now()


async def test_the_header_counts_polls_beside_their_budget_and_commands_apart(
    account: FakeAccount,
) -> None:
    app = TestedApp(account, clock=Clock())
    app.traffic.budget.per_minute = 240
    async with app.run_test(size=(220, 40)) as pilot:
        await settled(pilot, app)
        with app.traffic.looking(asked=False):
            for _ in range(5):
                app.traffic.record("GET", "/jobs", 200, 0.1)
        app.traffic.record("DELETE", "/jobs/j", 202, 0.1)
        app.panes.tick()
        await pilot.pause()
        assert "5/240 + 1 yours req/min" in text_of(app.panes.header)


@pytest.mark.parametrize("local", [True, False])
async def test_an_account_far_away_is_polled_at_half_the_pace(
    account: FakeAccount, local: bool
) -> None:
    app = TestedApp(account, local=local)
    async with app.run_test() as pilot:
        await settled(pilot, app)
        assert app.panes.feeds.every == app.EVERY * (1 if local else 2)
        assert app.panes.feeds.pools.every == app.panes.feeds.every


FAULTS: list[tuple[str, Callable[[FakeAccount], None]]] = [
    ("nothing answers", lambda account: account.calls.down(unreachable())),
    ("503", lambda account: account.calls.down(refused("Busy", status=503))),
    ("401", lambda account: account.calls.down(refused("Signed wrong", status=401))),
]


@pytest.mark.slow
@pytest.mark.fault("1.1")
@pytest.mark.parametrize("fault", [each[1] for each in FAULTS], ids=[each[0] for each in FAULTS])
async def test_the_dashboard_lives_through_weather_with_its_history(
    account: FakeAccount, fault: Callable[[FakeAccount], None]
) -> None:
    clock = Clock()
    app = TestedApp(account, clock=clock)
    async with app.run_test(size=(160, 50)) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "4")
        for minute in range(6):
            if minute % 2:
                fault(account)
            else:
                account.calls.down(None)
            for name in ("node_counts", "progress", "nodes") * 3:
                clock.now += 7
                await app.panes.feeds[name].poll()
            app.panes.tick()
            await pilot.pause()
            ages = [each.age for each in app.panes.query(Pane)]
            assert all(age is not None for age in ages)
        slots = [moment.slot for moment in app.panes.moments]
        assert slots == sorted(set(slots))
        assert len(slots) > 5
