"""A node, and the list of nodes: what is wrong, what was written, what is done about it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.models import Node, NodeError, Pool
from batchtui.core.specs import StartTask
from batchtui.core.states import NodeState
from batchtui.core.stuck import PATIENCE
from batchtui.core.traffic import Traffic
from batchtui.ui.panes.node_files import NodeFilesPane
from batchtui.ui.panes.nodepage import NodePagePane
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.node import NodeScreen
from batchtui.ui.screens.nodes import NodesScreen
from batchtui.ui.screens.output import OutputScreen
from tests.fakes import FakeAccount, Outcome, refused
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm
from tests.ui.stage import Stage, words
from tests.ui.stage import until as reached

FAILING = Outcome(exit_code=17, stdout=b"fetching\n", stderr=b"E: no such package\n")


@pytest.fixture
async def account() -> FakeAccount:
    """The scene, with one node of its first pool whose start task failed 40 minutes ago."""
    account = await render_farm(nodes=40, tasks=60)
    world = account.batch.world
    pool = world.pools["render-farm"]
    pool.spec = replace(pool.spec, start_task=StartTask(command_line="setup.sh"))
    world.start_task = FAILING
    for node in pool.nodes:
        if node.state is NodeState.START_TASK_FAILED:
            node.since = world.now - timedelta(minutes=40)
    return account


def controller_of(account: FakeAccount, *, read_only: bool = False) -> Controller:
    feeds = Feeds(account.gateway, Traffic(), every=3600)
    return Controller(account.gateway, feeds, read_only=read_only)


async def node_screen(
    account: FakeAccount, state: NodeState, *, read_only: bool = False
) -> NodeScreen:
    window = await account.batch.nodes("render-farm", at_most=99)
    node = next(node for node in window.items if node.state is state)
    pool = Pool("render-farm", task_slots_per_node=4)
    now = account.batch.world.now
    controller = controller_of(account, read_only=read_only)
    return NodeScreen(controller, pool, node, clock=lambda: now)


async def test_three_keys_lead_from_the_dashboard_to_why_a_node_is_stuck(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(140, 44)) as pilot:
        await settled(pilot, app)
        await pilot.press("j")
        await settled(pilot, app)
        await pilot.press("4", "f", "enter")
        await until(lambda: isinstance(app.screen, NodeScreen), what="the node's screen")
        screen = app.screen
        assert isinstance(screen, NodeScreen)
        page = screen.query_one(NodePagePane).query_one(".page")
        await until(lambda: "failed with exit code 17" in text_of(page))
        assert "Read what the start task wrote" in " ".join(text_of(page).split())
        await until(lambda: "no such package" in text_of(screen.query_one("#stream ExcerptView")))
        await pilot.press("backspace")
        await until(lambda: app.screen is app.panes)


async def test_the_streams_of_the_start_task_and_any_file_are_read(account: FakeAccount) -> None:
    screen = await node_screen(account, NodeState.START_TASK_FAILED)
    app = Stage(screen)
    async with app.run_test(size=(140, 44)) as pilot:
        view = screen.query_one("#stream ExcerptView")
        await reached(pilot, lambda: "no such package" in text_of(view))
        await pilot.press("v")
        await reached(pilot, lambda: "fetching" in text_of(view))
        assert "startup/stdout.txt" in str(screen.query_one("#stream").border_title)
        await reached(
            pilot, lambda: "2 files, 6 folders" in str(screen.query_one("#files").border_subtitle)
        )
        files = screen.query_one(NodeFilesPane)
        await pilot.press("3")
        while files.highlighted is None or files.highlighted.name != "startup":
            await pilot.press("j")
        await pilot.press("enter")
        assert screen.path == "startup/stdout.txt", "a folder has nothing to read"
        names = [file.name for file in files.table.records]
        assert names
        assert all(name.startswith("startup/") for name in names)
        await pilot.press("escape")
        assert len(files.table.records) == 8
        await pilot.press("G", "enter")
        await reached(pilot, lambda: "no such package" in text_of(view))


async def test_a_node_tells_what_it_runs_and_its_errors(account: FakeAccount) -> None:
    busy = next(node for node in account.batch.world.pools["render-farm"].nodes if node.tasks)
    busy.errors = (NodeError("DiskFull", "There is no room on the disk?sig=abc%3D"),)
    screen = await node_screen(account, NodeState.RUNNING)
    app = Stage(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        recent = screen.query_one("#recent RecordTable")
        await reached(pilot, lambda: busy.tasks[0].spec.id in text_of(recent))
        page = text_of(screen.query_one("#page .page"))
        assert "DiskFull: There is no room" in " ".join(page.split())
        assert "abc" not in page
        await pilot.press("2", "enter")
        await reached(pilot, lambda: isinstance(app.screen, OutputScreen))


async def test_a_node_is_rebooted_after_a_question(account: FakeAccount) -> None:
    screen = await node_screen(account, NodeState.START_TASK_FAILED)
    app = Stage(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await reached(pilot, lambda: screen.subject.known)
        screen.action_order("reboot")
        await reached(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert not account.calls.count("reboot_node")
        await pilot.press("y")
        await reached(pilot, lambda: account.calls.count("reboot_node"))
        await reached(pilot, lambda: screen.subject.value.state is NodeState.REBOOTING)


async def test_a_node_is_removed_after_a_question_that_names_it(account: FakeAccount) -> None:
    screen = await node_screen(account, NodeState.IDLE)
    app = Stage(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("d")
        await reached(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert f"Remove node {screen.subject.value.id} from pool render-farm?" in words(app)
        await pilot.press("y")
        await reached(pilot, lambda: "remove_nodes render-farm 1 requeue" in account.calls.made)
        await reached(pilot, lambda: screen.subject.value.state is NodeState.LEAVING_POOL)


async def test_a_node_that_is_gone_leaves_what_was_known_of_it(account: FakeAccount) -> None:
    account.calls.fail("node", refused("Could not find node x: it is gone", status=404))
    screen = await node_screen(account, NodeState.IDLE)
    app = Stage(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await reached(pilot, lambda: screen.subject.error)
        page = screen.query_one(NodePagePane)
        assert page.has_class("-stale")
        assert "idle" in text_of(page.query_one(".page"))


async def test_nothing_is_done_to_a_node_where_nothing_may_be_changed(
    account: FakeAccount,
) -> None:
    screen = await node_screen(account, NodeState.IDLE, read_only=True)
    app = Stage(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("d")
        assert app.screen is screen
        assert "d" not in screen.active_bindings


async def test_marked_nodes_of_the_list_are_rebooted_one_by_one(account: FakeAccount) -> None:
    """One refusal does not stop the others."""
    window = await account.batch.nodes("render-farm", at_most=99, with_errors=True)
    account.calls.fail("reboot_node", refused("Could not reboot the node: it is asleep"))
    controller = controller_of(account)
    screen = NodesScreen(controller, Pool("render-farm"), window.items[2])
    app = Stage(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await reached(pilot, lambda: screen.list.highlighted == window.items[2])
        screen.list.now = account.batch.world.now + timedelta(hours=3)
        screen.list.narrow("state:stuck")
        starting = {n for n in window.items if n.state in PATIENCE}
        assert set(screen.list.table.records) == starting
        screen.list.narrow("state:running")
        await pilot.press("ctrl+a")
        running = sum(node.state is NodeState.RUNNING for node in window.items)
        await reached(pilot, lambda: f"{running} marked" in str(screen.list.border_subtitle))
        screen.list.action_order("reboot")
        await reached(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await reached(pilot, lambda: isinstance(app.screen, BulkScreen))
        await reached(pilot, lambda: account.calls.count("reboot_node") == running)
        await reached(pilot, lambda: "1 failed" in text_of(app.screen.query_one("#counts")))


def shown(screen: NodesScreen) -> str:
    return text_of(screen.list.table)


async def test_the_list_of_nodes_says_what_went_wrong_and_filters_by_age(
    account: FakeAccount,
) -> None:
    held = account.batch.world.pools["render-farm"]
    held.nodes[0].state = NodeState.UNUSABLE
    held.nodes[0].errors = (NodeError("NodeUnreachable", "The node does not answer."),)
    account.batch.world.start_task = Outcome()
    controller = controller_of(account)
    screen = NodesScreen(controller, Pool("render-farm"), Node(held.nodes[0].id))
    app = Stage(screen)
    async with app.run_test(size=(200, 40)) as pilot:
        await reached(pilot, lambda: "does not answer" in shown(screen))
        row = next(one for one in shown(screen).splitlines() if "answer" in one)
        assert row.endswith("NodeUnreachable: The node does not answer.")
        account.batch.world.start_task = FAILING
        screen.action_refresh()
        await reached(pilot, lambda: "start task failed with exit code 17" in shown(screen))
        account.batch.world.start_task = Outcome()
        screen.action_refresh()
        await reached(pilot, lambda: "exit code 17" not in shown(screen))
        screen.list.now = held.nodes[0].since + timedelta(hours=2)
        assert screen.list.narrow("why:unreachable age:>1h") == ""
        assert len(screen.list.table.records) == 1
        assert screen.list.narrow("why:unreachable age:<1h") == ""
        assert not screen.list.table.records
