"""Files as a tree, their text by parts, and many outputs at once."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from batchtui.core import shelves
from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.gateway import RemoteFile, TaskFile
from batchtui.core.models import FileState, PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.core.states import TaskState
from batchtui.core.tail import Excerpt
from batchtui.core.things import Kind, Thing
from batchtui.core.traffic import Traffic
from batchtui.ui.panes.file_stream import FileStreamPane
from batchtui.ui.panes.files import FilesPane
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.panes.task_stream import TaskStreamPane
from batchtui.ui.screens.files import FilesScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.outputs import OutputsScreen
from batchtui.ui.widgets.form import TextField
from batchtui.ui.widgets.textview import TextView
from batchtui.ui.widgets.verdict import Verdict
from tests.fakes import FakeAccount, Outcome, pool_spec, refused, task_spec
from tests.ui.conftest import TestedApp, settled, text_of
from tests.ui.scene import render_farm
from tests.ui.stage import Stage, until, words

LINES = b"".join(b"line %05d of the log\n" % i for i in range(40_000))


def staged(account: FakeAccount, container: str = "box") -> Stage[None]:
    feeds = Feeds(account.gateway, Traffic(), every=0.01)
    shelf = shelves.of_container(account.gateway, container)
    return Stage(FilesScreen(Controller(account.gateway, feeds), shelf))


def boxed() -> FakeAccount:
    account = FakeAccount()
    account.storage.put(
        "box",
        {
            "logs/big.log": LINES,
            "logs/short.log": b"alpha\nbeta\nALPHA beta\n",
            "raw.bin": b"\0\1\2" * 500,
            "top.txt": b"top\n",
        },
    )
    return account


def files_of(stage: Stage[None]) -> FilesPane:
    return stage.screen.query_one(FilesPane)


def stream_of(stage: Stage[None]) -> FileStreamPane:
    return stage.screen.query_one(FileStreamPane)


async def known(pilot: Pilot[Any], stage: Stage[None]) -> None:
    await until(pilot, lambda: stage.screen.query("FilesPane") and files_of(stage).entries.known)


async def at(pilot: Pilot[Any], stage: Stage[None], path: str) -> None:
    """Have the cursor on this file, and its text beside it."""
    files_of(stage).table.seek(path)
    await until(pilot, lambda: stream_of(stage).reading.known)
    await until(pilot, lambda: path in str(stream_of(stage).border_title))


async def test_folders_fold_and_the_file_under_the_cursor_is_read() -> None:
    stage = staged(boxed())
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        listing = text_of(files_of(stage).table)
        assert "▾ logs/ · 2" in listing
        assert "4 files" in str(files_of(stage).border_subtitle)
        assert "A folder with 2 files" in text_of(stream_of(stage).view)
        await pilot.press("h")
        assert "big.log" not in text_of(files_of(stage).table)
        await pilot.press("right", "j", "j")
        await until(pilot, lambda: "ALPHA beta" in text_of(stream_of(stage).view))
        assert "2 logs/short.log" in str(stream_of(stage).border_title)
        await pilot.press("h")
        chosen = files_of(stage).highlighted
        assert chosen is not None
        assert chosen.path == "logs"


async def test_a_filter_shows_files_flat_by_their_paths() -> None:
    stage = staged(boxed())
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        await pilot.press("h", "slash", *"short")
        listing = text_of(files_of(stage).table)
        assert "logs/short.log" in listing
        assert "top.txt" not in listing
        await pilot.press("escape")
        assert "▸ logs/" in text_of(files_of(stage).table)


async def test_a_large_file_is_read_part_by_part_to_its_start() -> None:
    account = boxed()
    stage = staged(account)
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        await at(pilot, stage, "logs/big.log")
        await until(pilot, lambda: "line 39999" in text_of(stream_of(stage).view))
        assert "the last 262.1 KB" in str(stream_of(stage).border_subtitle)
        await pilot.press("2", "home", "up")
        await until(pilot, lambda: "at " in str(stream_of(stage).border_subtitle))
        first = text_of(stream_of(stage).view).splitlines()[-1]
        assert first.startswith("line ")
        await pilot.press("less_than_sign")
        await until(pilot, lambda: "line 00000" in text_of(stream_of(stage).view))
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: "line 39999" in text_of(stream_of(stage).view))
    reads = [call for call in account.calls.made if call.startswith("read_blob box logs/big.log")]
    assert max(int(call.split()[-1]) for call in reads) <= 262_144


async def test_what_is_no_text_is_not_shown() -> None:
    stage = staged(boxed())
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        await at(pilot, stage, "raw.bin")
        await until(pilot, lambda: "This is no text" in text_of(stream_of(stage).view))


async def test_a_file_that_is_gone_keeps_what_was_read_and_says_why() -> None:
    account = boxed()
    stage = staged(account)
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        await at(pilot, stage, "top.txt")
        await until(pilot, lambda: "top" in text_of(stream_of(stage).view))
        account.calls.down(refused("Could not look at it: the node is gone", status=404))
        await until(pilot, lambda: stream_of(stage).has_class("-stale"))
        assert "top" in text_of(stream_of(stage).view)
        assert "as it was last seen" in str(stream_of(stage).border_subtitle)


async def test_files_are_saved_alone_or_by_a_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stage = staged(boxed())
    async with stage.run_test(size=(120, 30)) as pilot:
        await known(pilot, stage)
        await at(pilot, stage, "top.txt")
        await pilot.press("D")
        await until(pilot, (tmp_path / "top.txt").exists)
        await until(pilot, lambda: isinstance(stage.screen, FilesScreen))
        files_of(stage).action_save(True)
        await until(pilot, lambda: stage.screen.query("#pattern"))
        stage.screen.query_one("#pattern", TextField).input.value = "logs/s*"
        await pilot.press("enter")
        await until(pilot, (tmp_path / "box/logs/short.log").exists)


async def test_a_pattern_that_nothing_fits_stays_to_be_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stage = staged(boxed())
    async with stage.run_test(size=(120, 30)) as pilot:
        await known(pilot, stage)
        files_of(stage).action_save(True)
        await until(pilot, lambda: stage.screen.query("#pattern"))
        pattern = stage.screen.query_one("#pattern", TextField).input
        pattern.value = "logs/z*"
        await pilot.press("enter")
        verdict = stage.screen.query_one(Verdict)
        await until(pilot, lambda: "No file fits" in text_of(verdict))
        pattern.value = "logs/s*"
        await pilot.press("enter")
        await until(pilot, (tmp_path / "box/logs/short.log").exists)


async def outputs(*stdouts: bytes, account: FakeAccount | None = None) -> Stage[None]:
    account = account or FakeAccount()
    account.batch.by_itself = False
    for index, stdout in enumerate(stdouts):
        account.batch.outcomes[f"t{index}"] = Outcome(index, stdout=stdout, stderr=b"err " + stdout)
    await account.batch.create_pool(pool_spec("p", dedicated=9))
    await account.batch.create_job(JobSpec(id="night", pool_info=PoolInfo("p")))
    specs = [task_spec(f"t{index}") for index in range(len(stdouts))]
    await account.batch.add_tasks("night", specs, added=lambda _count: None)
    account.batch.step(9)
    tasks = (await account.batch.tasks("night", at_most=9)).items
    feeds = Feeds(account.gateway, Traffic(), every=0.01)
    return Stage(OutputsScreen(Controller(account.gateway, feeds), "night", tasks))


async def test_outputs_of_several_tasks_stand_side_by_side() -> None:
    stage = await outputs(b"one fish\n", b"two fish\n", b"red\n")
    async with stage.run_test(size=(200, 40)) as pilot:

        def told() -> list[str]:
            return [text_of(view) for view in stage.screen.query(TextView)]

        await until(pilot, lambda: len(told()) == 3 and all(told()))
        await until(pilot, lambda: "two fish" in told()[1] and "red" in told()[2])
        await pilot.press("slash", *"fish", "enter")
        assert [view.found[1] for view in stage.screen.query(TextView)] == [1, 1, 0]
        await pilot.press("v")
        await until(pilot, lambda: all("err" in text for text in told()))


@pytest.mark.fault("2.8")
async def test_one_that_still_waits_among_several_says_so_and_is_followed() -> None:
    account = FakeAccount()
    stage = await outputs(b"one\n", b"two\n", b"three\n", account=account)
    waits = account.batch.world.jobs["night"].tasks["t1"]
    waits.state, waits.node_id, waits.started, waits.ended = TaskState.ACTIVE, "", None, None
    state = account.batch.file_state

    async def told(file: RemoteFile) -> FileState:
        if isinstance(file, TaskFile) and file.task_id == "t1" and waits.started is None:
            raise refused("Could not look at stdout.txt (HTTP 409)")
        return await state(file)

    account.batch.file_state = told  # type: ignore[method-assign]  # as the service answers
    async with stage.run_test(size=(200, 40)) as pilot:
        panes = list(stage.screen.query(TaskStreamPane))
        await until(pilot, lambda: "three" in text_of(panes[2].view))
        await until(pilot, lambda: "The task waits to be scheduled." in text_of(panes[1].view))
        assert not panes[1].has_class("-stale")
        waits.outcome = Outcome(0, steps=90, stdout=b"it began\n")
        account.batch.step()
        await until(pilot, lambda: "it began" in text_of(panes[1].view))
        await until(pilot, lambda: str(panes[1].border_title).startswith("▶"))
        await account.batch.delete_task("night", "t2")
        await until(pilot, lambda: "no longer exists" in words(stage))
        assert str(panes[2].border_title).startswith("◌")


async def test_what_is_sought_is_marked_and_gone_through() -> None:
    stage = staged(boxed())
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        await at(pilot, stage, "logs/short.log")
        await until(pilot, lambda: "ALPHA" in text_of(stream_of(stage).view))
        view = stream_of(stage).view
        await pilot.press("2", "slash", *"alpha", "enter")
        assert view.found == (1, 2)
        assert "1 of 2 places" in str(stream_of(stage).border_subtitle)
        await pilot.press("n")
        assert view.found == (2, 2)
        await pilot.press("n", "N")
        assert view.found == (2, 2)
        view.sought = "ALPHA"
        assert view.found == (1, 1)
        await pilot.press("number_sign")
        assert text_of(view).splitlines()[1].lstrip().startswith("2  beta")
        await pilot.press("escape")
        assert not view.sought
        assert isinstance(stage.screen, FilesScreen)


async def test_a_place_that_a_long_line_breaks_is_marked_on_both_rows() -> None:
    stage = staged(boxed())
    async with stage.run_test(size=(80, 24)) as pilot:
        await known(pilot, stage)
        view = stream_of(stage).view
        width = view.scrollable_content_region.width
        view.excerpt = Excerpt("x" * (width - 3) + "needle\n", size=1)
        view.sought = "needle"
        assert view.found == (1, 1)
        assert view._hits.spans == {
            0: [(width - 3, width, (0, width - 3))],
            1: [(0, 3, (0, width - 3))],
        }


@pytest.mark.slow
async def test_the_dashboard_leads_to_files_and_outputs() -> None:
    account = await render_farm(nodes=60, tasks=40)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        app.panes.query_one(JobsPane).table.seek("frames-0412")
        app.panes.query_one(PoolsPane).table.seek("render-farm")
        await settled(pilot, app)
        await pilot.press("2", "o")
        await until(pilot, lambda: isinstance(app.screen, OutputScreen))
        assert isinstance(app.screen, OutputScreen)
        assert app.screen.subject.value.state is TaskState.RUNNING
        await pilot.press("escape", "5", "b")
        await until(pilot, lambda: isinstance(app.screen, FilesScreen))
        await until(pilot, lambda: "stdout.txt" in text_of(app.screen.query_one(FilesPane).table))
        await pilot.press("escape", "space", "space", "O")
        await until(pilot, lambda: isinstance(app.screen, OutputsScreen))
        assert len(app.screen.query(StreamPane)) == 2
        await pilot.press("escape", "4", "b")
        await until(pilot, lambda: isinstance(app.screen, FilesScreen))
        assert isinstance(app.screen, FilesScreen)
        assert app.screen.shelf.title.startswith("node ")


@pytest.mark.parametrize("path", ["many/deep/last", "zoo/one"])
async def test_a_blob_is_gone_to_in_a_folded_tree_and_beyond_what_is_listed(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "AT_MOST", 60)
    account = boxed()
    account.storage.put("box", {f"many/{index:03}": b"x" for index in range(100)})
    account.storage.put("box", {path: b"the one\n"})
    shelf = shelves.of_thing(account.gateway, Thing(Kind.BLOB, path, "box"))
    assert shelf
    feeds = Feeds(account.gateway, Traffic(), every=0.01)
    stage = Stage(FilesScreen(Controller(account.gateway, feeds), shelf, begin=path))
    async with stage.run_test(size=(120, 24)) as pilot:
        await known(pilot, stage)
        await until(pilot, lambda: "the one" in text_of(stream_of(stage).view))
