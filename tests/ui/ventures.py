"""A run of a recipe against the fake account, as the dashboard carries it out."""

from pathlib import Path

from textual.app import App

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.ledger import Ledger
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from batchtui.ui.recipe_run import RecipeRun, Workshop
from batchtui.ui.runs import Runs
from batchtui.ui.theme import DARK, FALLBACK
from tests.core.recipes import GOOD, planned
from tests.core.runs import QUICK
from tests.fakes import FakeAccount, Outcome


class Venture(App[object]):
    """An app with the runs of a dashboard and an account that tasks succeed in."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.folder = folder
        self.account = FakeAccount()
        self.account.batch.outcomes["*"] = Outcome(blobs={"a_OUT.txt": b"a: 10\n"})
        gateway = self.account.gateway
        self.session = Session(gateway, Traffic(), "fake", "https://fake", True, False)
        self.controller = Controller(gateway, Feeds(gateway, self.session.traffic))
        self.ledger = Ledger(folder / "runs")
        self.runs = Runs(self.run_worker)
        self.workshop = Workshop(self.runs, self.session, self.controller, self.ledger, "fake")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def venture(self, text: str = GOOD) -> RecipeRun:
        """A run of that recipe, not yet started."""
        return RecipeRun(
            planned(self.folder / "recipe", text),
            self.session,
            self.controller,
            self.ledger,
            profile="fake",
            output=self.folder / "out",
            pace=QUICK,
        )
