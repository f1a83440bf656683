"""News: low, above the answers of a dialog, and gone where a dialog opens that they would hide."""

from textual.widgets._toast import Toast

from batchtui.ui.screens.upload import UploadScreen
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.steering import steerable, top


async def test_news_hide_no_answer_of_a_dialog() -> None:
    account: FakeAccount = await steerable()
    app = TestedApp(account)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot, app)
        app.SEEN = 3600.0  # type: ignore[misc]  # nobody has read it yet, however long this takes
        app.notify("Copied: a name", title="Copy")
        await until(lambda: [one.region.height for one in app.screen.query(Toast)] == [2])
        await pilot.press("3", "u")
        await top(app, UploadScreen)
        await until(lambda: [one.region.height for one in app.screen.query(Toast)] == [2])
        news = app.screen.query_one(Toast).region
        assert not any(news.overlaps(button.region) for button in app.screen.query("Button"))
        await pilot.press("escape")
        app.SEEN = 0.0  # type: ignore[misc]  # all of it is old enough to be read
        await pilot.press("u")
        await top(app, UploadScreen)
        await pilot.pause()
        assert not app.screen.query(Toast)
