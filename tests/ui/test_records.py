"""The table of any length: its cursor, its scrolling, and how little it draws."""

from collections.abc import Sequence

from textual import on
from textual.app import App, ComposeResult

from batchtui.ui.theme import FALLBACK
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from tests.ui.conftest import text_of, until

Entry = tuple[str, str]


def entries(count: int, start: int = 0) -> list[Entry]:
    return [(f"id-{index:05d}", "new") for index in range(start, start + count)]


class TableApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.seen: tuple[int, int] = (0, 0)
        self.selected: list[int] = []
        self.said = 0
        self.table: RecordTable[Entry] = RecordTable(
            Column("ID", 8, self.id_of, grow=1),
            Column("STATE", 5, lambda entry: entry[1]),
            key=lambda entry: entry[0],
        )

    def id_of(self, entry: Entry) -> str:
        self.said += 1
        return entry[0]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def compose(self) -> ComposeResult:
        yield self.table

    @on(RecordTable.VisibleChanged)
    def see(self, message: RecordTable.VisibleChanged) -> None:
        self.seen = message.first, message.last

    @on(RecordTable.Selected)
    def select(self, message: RecordTable.Selected) -> None:
        self.selected.append(message.index)


def key_of(table: RecordTable[Entry]) -> str:
    return table.highlighted[0] if table.highlighted else ""


def show(app: TableApp, records: Sequence[Entry]) -> None:
    app.table.replace(records)


async def test_the_cursor_stays_on_its_record() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(9))
        await pilot.press("j", "j", "j")
        assert key_of(app.table) == "id-00003"
        show(app, [("aaa", "new"), *entries(9)])
        assert key_of(app.table) == "id-00003"
        show(app, entries(2))
        assert key_of(app.table) == "id-00001"
        show(app, [])
        assert app.table.highlighted is None


async def test_rows_before_the_cursor_do_not_move_what_one_looks_at() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(100))
        await pilot.press("G", "k")
        await pilot.pause()
        line = text_of(app.table).splitlines().index("▌id-00098               new")
        show(app, [("aaa", "new"), ("bbb", "new"), *entries(100)])
        await pilot.pause()
        assert text_of(app.table).splitlines().index("▌id-00098               new") == line


async def test_a_cursor_in_sight_stays_in_sight_and_one_out_of_sight_is_let_be() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(100))
        await pilot.press("G", *"kkkk")
        show(app, entries(100)[::-1])
        assert app.table.cursor == 4
        await pilot.pause()
        assert "▌id-00095" in text_of(app.table)
        await pilot.press("G")
        show(app, entries(20))
        await pilot.pause()
        assert "▌id-00000" in text_of(app.table)
        show(app, entries(100))
        app.table.scroll_to(y=60, animate=False, immediate=True)
        await pilot.pause()
        show(app, entries(99))
        await pilot.pause()
        assert "▌" not in text_of(app.table), "nobody is taken back to the cursor by a reading"


async def test_keys_reach_every_row_and_the_header_hides_none() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(100))
        for keys, expected in (("G", 99), ("g", 0), ("pagedown", 11), ("k", 10), ("end", 99)):
            await pilot.press(keys)
            assert app.table.cursor == expected
            await pilot.pause()
            assert f"▌id-{expected:05d}" in text_of(app.table)


async def test_it_tells_which_records_are_on_screen() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(100))
        await until(lambda: app.seen == (0, 11))
        await pilot.press("G")
        await until(lambda: app.seen == (89, 100))


async def test_clicks_highlight_and_a_second_click_selects() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(5))
        await pilot.pause()
        await pilot.click(app.table, offset=(4, 3))
        assert app.table.cursor == 2
        await pilot.click(app.table, offset=(4, 3), times=2)
        await until(lambda: app.selected == [2])
        await pilot.click(app.table, offset=(4, 10))
        assert app.table.cursor == 2


async def test_a_sought_record_is_highlighted_when_it_comes() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)):
        show(app, entries(5))
        app.table.seek("id-00007")
        assert key_of(app.table) == "id-00000"
        show(app, entries(9))
        assert key_of(app.table) == "id-00007"
        show(app, entries(10))
        app.table.cursor = 0
        show(app, entries(9))
        assert key_of(app.table) == "id-00000"


async def test_it_draws_what_is_on_screen_and_nothing_else() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(10_000))
        await pilot.pause()
        app.said = 0
        changed = entries(10_000)
        changed[3] = ("id-00003", "done")
        show(app, changed)
        await pilot.pause()
        assert "id-00003               done" in text_of(app.table)
        # Each row on screen is compared once, the changed one drawn once more, and read here.
        assert app.said < 60


async def test_an_empty_table_says_what_to_do_next() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        app.table.empty = "No pools yet. Press n to create one, or s to run a recipe."
        show(app, [])
        await pilot.pause()
        assert text_of(app.table).split() == app.table.empty.split()


async def test_columns_grow_with_what_is_seen_and_stay_so_wide() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.table.replace([("a", "new"), ("b", "abandoned"), *entries(20), ("z", "disappearing")])
        await pilot.pause()
        first = text_of(app.table).splitlines()
        assert "abandoned" in first[2]
        assert first[0].index("STATE") == first[1].index("new")
        await pilot.press("end")
        await pilot.pause()
        assert "disappearing" in text_of(app.table)
        column = text_of(app.table).splitlines()[0].index("STATE")
        app.table.replace(entries(3))
        await pilot.pause()
        assert text_of(app.table).splitlines()[0].index("STATE") == column


async def test_only_the_column_that_is_sorted_by_has_an_arrow() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.table.replace(entries(3))
        columns: tuple[Column[Entry], ...] = (
            Column("", 8, app.id_of),
            Column("STATE", 6, lambda entry: entry[1]),
        )
        app.table.show_columns(columns, ("", False))
        await pilot.pause()
        assert "▲" not in text_of(app.table)
        app.table.show_columns(columns, ("state", False))
        await pilot.pause()
        assert text_of(app.table).splitlines()[0].split() == ["STATE▲"]


def drawn(app: TableApp) -> list[str]:
    """The lines as they stand on the screen, drawn anew or not."""
    return [
        "".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()
    ]


async def test_in_a_scrolled_table_the_line_of_the_cursor_and_of_a_change_is_drawn_anew() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 12)) as pilot:
        show(app, entries(100))
        await pilot.press("G", "k", "k")
        await pilot.pause()
        (line,) = (line for line in drawn(app) if RecordTable.MARK in line)
        assert key_of(app.table) == "id-00097"
        assert "id-00097" in line
        changed = [(name, "over" if name == "id-00095" else state) for name, state in entries(100)]
        show(app, changed)
        await pilot.pause()
        (line,) = (line for line in drawn(app) if "id-00095" in line)
        assert "over" in line


class ThinApp(TableApp):
    CSS = ".-thin RecordTable { scrollbar-size-vertical: 0; }"


async def test_columns_share_what_a_scroll_bar_leaves_whenever_it_comes() -> None:
    app = ThinApp()
    async with app.run_test(size=(18, 12)) as pilot:
        show(app, entries(30))
        await pilot.pause()
        wide = text_of(app.table).splitlines()[1]
        app.screen.add_class("-thin")
        await pilot.pause()
        thin = text_of(app.table).splitlines()[1]
        assert (wide, thin) == ("▌id-00000   new", "▌id-00000    new")
        app.screen.remove_class("-thin")
        await pilot.pause()
        assert text_of(app.table).splitlines()[1] == wide
