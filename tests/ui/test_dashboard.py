"""The dashboard shows the truth, and does what its user asks after a question."""

from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, Static

from batchtui.core.bulk import Bulk
from batchtui.core.gateway import Gateway
from batchtui.core.states import JobState, PoolState
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pane import Pane
from batchtui.ui.screens.blobs import BlobsScreen
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.help import HelpScreen
from batchtui.ui.screens.new_container import NewContainerScreen
from batchtui.ui.screens.new_job import NewJobScreen
from batchtui.ui.screens.new_pool import NewPoolScreen
from batchtui.ui.screens.new_tasks import NewTasksScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.upload import UploadScreen
from batchtui.ui.widgets.form import TextField
from batchtui.ui.widgets.heatmap import NodeHeatmap
from batchtui.ui.widgets.keybar import KeyBar
from tests.fakes import FakeAccount, refused, task_spec, unreachable
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=40, tasks=60)


def pane(app: TestedApp, name: str) -> Pane:
    return app.panes.query_one(f"#{name}", Pane)


def shown(app: TestedApp, name: str) -> str:
    """What a pane says, with its title and subtitle."""
    one = pane(app, name)
    inside = "\n".join(text_of(child) for child in one.children if child.display)
    return f"{one.border_title}\n{inside}\n{one.border_subtitle}"


def on_top(app: TestedApp, screen: type[Screen[Any]]) -> bool:
    return isinstance(app.screen, screen)


def row(app: TestedApp, name: str, start: str) -> list[str]:
    """The words of the row that begins so."""
    lines = [line.lstrip("▌ ") for line in shown(app, name).splitlines()]
    return next(line.split() for line in lines if line.startswith(start))


async def test_every_pane_shows_the_truth(app: TestedApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "2", "j")
        await settled(pilot, app)
        await settled(pilot, app)
        assert row(app, "pools", "render-farm")[:5] == ["render-farm", "✗", "2", "broken", "40/40"]
        assert row(app, "pools", "genome-spot")[1:5] == ["!", "1", "error", "0/32"]
        assert row(app, "jobs", "frames-0412")[:3] == ["frames-0412", "●", "active"]
        assert row(app, "jobs", "nightly-sweep")[1:3] == ["✓", "completed"]
        newest_first = ["variants-chr1", "frames-0412", "topn-7f3a", "nightly-sweep"]
        assert [job.id for job in app.panes.query_one(JobsPane).table.records] == newest_first
        assert row(app, "containers", "frames-input")[1] == "1,000+"
        assert row(app, "containers", "topn-output")[1:4] == ["2", "1.1", "KB"]
        failed = row(app, "tasks", "✗ frame-08107")
        assert failed[2:4] == ["failed", "139"]
        assert failed[-5:] == ["frame", "4711:", "no", "such", "texture"]
        assert "Nodes · render-farm" in shown(app, "nodes")
        assert "start task failed 2" in shown(app, "nodes")
        assert "Tasks · frames-0412" in shown(app, "tasks")
        counts = await app.account.batch.task_counts("frames-0412")
        assert f"60 tasks · {counts.failed} failed · {counts.running} running" in shown(
            app, "tasks"
        )
        header = text_of(app.panes.header)
        assert "contoso" in header
        assert "3 pools" in header


async def test_the_node_under_the_cursor_is_named_with_what_it_does(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "enter")
        await settled(pilot, app)
        assert isinstance(app.focused, NodeHeatmap)
        nodes = account.batch.world.pools["render-farm"].nodes
        busy = next(index for index, node in enumerate(nodes) if node.tasks)
        for _ in range(busy):
            await pilot.press("l")
        await settled(pilot, app)
        detail = shown(app, "nodes")
        assert nodes[busy].id in detail
        assert "running  11 min  1/4 slots" in detail
        assert f"runs {nodes[busy].tasks[0].spec.id}" in detail


@SIZES
async def test_all_panes_are_reached_by_keys(app: TestedApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await settled(pilot, app)
        for key, name in zip(
            "12345", ("pools", "jobs", "containers", "nodes", "tasks"), strict=True
        ):
            await pilot.press(key)
            await pilot.pause()
            current = pane(app, name)
            assert current.has_class("-current")
            assert app.focused is not None
            assert current in app.focused.ancestors
            assert current.region.height >= 6
            assert app.screen.region.contains_region(current.region)
            bar = app.panes.query_one(KeyBar)
            assert 0 < len(bar.keys) <= 8
            assert bar.keys[-1] in {bar.key_at(column) for column in range(size[0])}


async def test_tab_goes_round(app: TestedApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        visited = []
        for key in ("tab", "tab", "tab", "tab", "tab", "shift+tab"):
            await pilot.press(key)
            visited += [one.id for one in app.panes.query(".-current") if isinstance(one, Pane)]
        assert visited == ["jobs", "containers", "nodes", "tasks", "pools", "tasks"]


DELETIONS = (
    ("1", "Delete pool render-farm?", "delete_pool render-farm"),
    ("2", "Delete job frames-0412?", "delete_job frames-0412"),
    ("3", "Delete container frames-output?", "delete_container frames-output"),
)


async def agree(pilot: Pilot[int], app: TestedApp) -> None:
    """Say yes, and type the name where a yes is not enough."""
    for field in app.screen.query("#typed").results(Input):
        assert field.has_focus
        field.value = str(app.screen.query_one("#what-to-type", Static).render()).split()[1]
    await pilot.press("y" if not app.screen.query("#typed") else "enter")


async def test_deleting_asks_first_and_names_what_goes(app: TestedApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, app)
        for number, question, call in DELETIONS:
            await pilot.press(number, "j", "d")
            await until(partial(on_top, app, ConfirmScreen))
            await pilot.pause()
            assert question in text_of(app.screen.query_one("#question"))
            said = "".join(text_of(one) for one in app.screen.query(".consequence"))
            assert any(char.isdigit() for char in said)
            await pilot.press("enter" if app.focused and app.focused.id == "no" else "escape")
            await until(partial(on_top, app, DashboardScreen))
            assert call not in app.account.calls.made, "enter takes the safe answer"
            await pilot.press("d")
            await until(partial(on_top, app, ConfirmScreen))
            await agree(pilot, app)
            await until(partial(app.account.calls.made.__contains__, call), what=call)


@pytest.mark.fault("2.18")
async def test_an_order_that_a_busy_service_does_not_take_can_be_left_and_come_back_to(
    app: TestedApp, account: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bulk, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(Bulk, "LONGEST_PAUSE", 0.02)
    busy = refused("Could not delete pool render-farm: the server is busy", status=503)
    account.calls.fail("delete_pool", busy, times=100_000)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "d")
        await until(partial(on_top, app, ConfirmScreen))
        await agree(pilot, app)
        await until(partial(on_top, app, BulkScreen), what="it is shown")
        counted = app.screen.query_one("#counts", Static)
        await until(lambda: "The service is busy: try " in str(counted.render()))
        await pilot.press("escape")
        await until(partial(on_top, app, DashboardScreen))
        await until(lambda: "Deleting pool 0/1" in text_of(app.panes.header))
        await pilot.press("B")
        await until(partial(on_top, app, BulkScreen))
        account.calls.succeed("delete_pool")
        await until(lambda: account.batch.world.pools["render-farm"].state is PoolState.DELETING)
        await until(lambda: not app.runs.live)


async def test_what_is_deleted_shows_that_it_goes(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "d")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await agree(pilot, app)
        await until(lambda: account.batch.world.pools["render-farm"].state is PoolState.DELETING)
        await settled(pilot, app)
        assert row(app, "pools", "render-farm")[1:3] == ["◌", "deleting"]
        account.batch.step()
        await settled(pilot, app)
        assert "render-farm" not in shown(app, "pools")


async def test_a_refusal_is_a_notification(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        account.calls.fail("task_counts", unreachable("Could not count: timed out"))
        account.calls.fail("delete_job", refused("Could not delete job x: it is busy. Try later."))
        await pilot.press("2", "d")
        await until(partial(on_top, app, ConfirmScreen))
        await pilot.pause()
        assert "not known" in text_of(app.screen.query_one(".consequence"))
        job = app.panes.job_in_use
        assert job is not None
        app.screen.query_one(Input).value = job.id
        await pilot.press("enter")
        await until(lambda: any("it is busy" in note.message for note in app._notifications))
        assert JobState.DELETING not in [job.state for job in account.batch.world.jobs.values()]


async def filled_in(pilot: Pilot[Any], app: TestedApp, **fields: str) -> None:
    """Fill these fields of the form in, and submit it."""
    for name, text in fields.items():
        app.screen.query_one(f"#{name}", TextField).input.value = text
    await pilot.press("enter")
    await until(lambda: app.screen is app.dashboard, what="the form is through")


async def test_a_new_pool_is_created_and_highlighted(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("n")
        await until(lambda: isinstance(app.screen, NewPoolScreen))
        await filled_in(pilot, app, pool="zeta", dedicated="3")
        await until(lambda: "create_pool zeta" in app.account.calls.made)
        await settled(pilot, app)
        assert app.panes.pool is not None
        assert app.panes.pool.id == "zeta"


async def test_a_new_job_a_new_container_and_new_tasks(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "n")
        await until(lambda: isinstance(app.screen, NewJobScreen))
        await filled_in(pilot, app, job="aaa")
        await until(lambda: "create_job aaa" in app.account.calls.made)
        await settled(pilot, app)
        assert app.panes.job is not None
        assert app.panes.job.id == "aaa"
        await pilot.press("5", "n")
        await until(lambda: isinstance(app.screen, NewTasksScreen))
        await filled_in(pilot, app, prefix="t", count="2")
        await until(lambda: "add_task aaa t-2" in app.account.calls.made)
        await settled(pilot, app)
        assert "t-2" in shown(app, "tasks")
        await pilot.press("3", "n")
        await until(lambda: isinstance(app.screen, NewContainerScreen))
        await filled_in(pilot, app, name="zz-new")
        await until(lambda: "create_container zz-new" in app.account.calls.made)
        await settled(pilot, app)
        assert "zz-new" in shown(app, "containers")


async def test_enter_and_letters_open_what_is_highlighted(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        for keys, screen in (
            (("2", "enter", "enter"), OutputScreen),
            (("5", "o"), OutputScreen),
            (("3", "enter"), BlobsScreen),
            (("3", "u"), UploadScreen),
        ):
            await pilot.press(*keys)
            await until(partial(on_top, app, screen), what=screen.__name__)
            await pilot.press("escape")
            await until(lambda: app.screen is app.dashboard)


async def test_a_service_that_is_away_is_told_of_and_data_stays(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        account.calls.down(unreachable("Could not reach contoso: connection refused"))
        await settled(pilot, app)
        for name in ("pools", "jobs", "containers", "nodes", "tasks"):
            assert pane(app, name).has_class("-stale")
            assert "stale" in str(pane(app, name).border_subtitle)
        assert "Could not reach contoso" in shown(app, "pools")
        assert "render-farm" in shown(app, "pools")
        assert "stale" in text_of(app.panes.header)
        account.calls.down(None)
        await settled(pilot, app)
        assert not app.panes.query(".-stale")
        assert "live" in text_of(app.panes.header)


@pytest.mark.fault("2.12")
async def test_one_job_that_cannot_be_counted_is_marked_and_the_others_go_on(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        sentence = "Could not count the tasks of job frames-0412: it is broken"
        account.calls.fail_at("task_counts frames-0412", refused(sentence, status=500))
        account.calls.fail_at("blobs frames-output", refused("Could not list", status=500))
        await account.batch.add_tasks(
            "topn-7f3a", [task_spec(f"new-{i}") for i in range(9)], added=lambda _count: None
        )
        await settled(pilot, app)
        assert row(app, "jobs", "○ frames-0412")[2:4] == ["●", "active"]
        assert "25 %" in shown(app, "jobs"), "3 of 12 tasks of topn-7f3a"
        assert sentence in " ".join(shown(app, "jobs").split())
        assert row(app, "containers", "○ frames-output")
        account.calls.mend()
        await settled(pilot, app)
        assert row(app, "jobs", "frames-0412")
        assert not app.panes.query(".-stale")


async def test_zoom_gives_one_pane_the_screen_and_stops_the_others_feeds(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("3", "z")
        await pilot.pause()
        assert pane(app, "containers").region.size == (120, 38)
        assert not app.panes.feeds.tasks.looked_at
        assert app.panes.feeds.usage.looked_at
        await pilot.press("5")
        await pilot.pause()
        assert pane(app, "tasks").region.size == (120, 38)
        assert app.panes.feeds.tasks.looked_at
        await pilot.press("escape")
        await pilot.pause()
        assert all(one.display for one in app.panes.query(Pane))
        before = app.account.calls.count("jobs")
        await pilot.press("r")
        await until(lambda: app.account.calls.count("jobs") > before)


async def test_nothing_is_fetched_behind_another_screen(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        feeds = app.panes.feeds
        await pilot.press("n")
        await until(lambda: isinstance(app.screen, NewPoolScreen))
        await pilot.pause()
        assert feeds.pools.looked_at, "a dialog leaves the panes visible"
        await pilot.press("escape", "5", "o")
        await until(lambda: isinstance(app.screen, OutputScreen))
        await until(lambda: not any(feeds[name].looked_at for name in app.panes.SHOWN))
        await pilot.press("escape")
        await until(lambda: feeds.pools.looked_at)


async def test_a_read_only_account_offers_no_change(account: FakeAccount) -> None:
    app = TestedApp(account, read_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        assert "read-only" in text_of(app.panes.header)
        for number in "1235":
            await pilot.press(number)
            await pilot.pause()
            offered = {each.binding.description for each in app.panes.active_bindings.values()}
            assert not offered & {"New", "Delete", "Upload", "Run", "Resize"}
            for key, title in (("n", "New"), ("d", "Delete"), ("s", "Run")):
                app.clear_notifications()
                await pilot.press(key)
                await until(lambda: app._notifications, what=f"{key} in {number}")
                (told,) = app._notifications
                assert told.title == title
                assert told.message == (
                    "This account is read-only: batchtui was started with --read-only."
                )
            assert app.screen is app.dashboard
        app.clear_notifications()
        await pilot.press("4", "d", "1", "j", "r", "question_mark")
        await until(lambda: isinstance(app.screen, HelpScreen))
        assert [told.title for told in app._notifications] == ["Remove"], "other keys do as ever"
        text = app.screen.query_one("#text", Static)
        assert "This account is read-only" in str(text.render())
        bare = TestedApp(FakeAccount(), read_only=True)
    async with bare.run_test(size=(120, 40)) as pilot:
        await settled(pilot, bare)
        for name in ("pools", "jobs", "containers"):
            said = shown(bare, name)
            assert f"No {name} yet." in said
            assert "Press" not in said


async def test_empty_panes_say_what_to_do_next() -> None:
    app = TestedApp(FakeAccount())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        said = {
            name: " ".join(shown(app, name).split())
            for name in ("pools", "jobs", "containers", "nodes", "tasks")
        }
        assert "Press n to create one" in said["pools"]
        assert "Press n to create one" in said["jobs"]
        assert "Press n to create one" in said["containers"]
        assert "highlighted pool" in said["nodes"]
        assert "highlighted job" in said["tasks"]
        await pilot.press("f", "J", "i")
        told = [each.message for each in app._notifications]
        assert ["no job" in each for each in told] == [True, True, False], told
        assert app.screen is app.panes


@pytest.mark.fault("2.9")
async def test_without_storage_the_rest_works_and_containers_say_why() -> None:
    account = FakeAccount()
    trouble = "AZURE_STORAGE_CONNECTION_STRING has no AccountKey and no SharedAccessSignature"
    account.gateway = Gateway(account.batch, None, trouble)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        assert f"{trouble}." in " ".join(shown(app, "containers").replace("│", " ").split())
        assert "Press n to create one" in shown(app, "pools")


async def test_more_tasks_are_fetched_as_one_scrolls() -> None:
    account = await render_farm(nodes=4, tasks=2_300)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "j")
        await settled(pilot, app)
        tasks = app.panes.feeds.tasks
        assert len(tasks.reading.value.items) == 1_000
        await pilot.press("5", "G")
        await until(lambda: len(tasks.reading.value.items) == 2_000)
        await pilot.press("G")
        await until(lambda: len(tasks.reading.value.items) == 2_300)


async def test_a_long_command_is_cut_where_one_can_see_it(
    app: TestedApp, account: FakeAccount
) -> None:
    command = "/bin/sh -c '" + "x" * 300 + "'"
    await account.batch.add_tasks(
        "frames-0412", [task_spec("aaa", command)], added=lambda _count: None
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        app.panes.query_one(JobsPane).table.seek("frames-0412")
        await settled(pilot, app)
        await pilot.press("5", "home")
        detail = app.panes.query_one("#tasks .detail")
        await until(lambda: text_of(detail).startswith("/bin/sh -c 'xxx"))
        await until(lambda: text_of(detail).endswith("x…"))
        assert len(text_of(detail).splitlines()) == 2
