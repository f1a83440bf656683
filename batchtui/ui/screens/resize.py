"""How many nodes a pool is to have."""

from collections.abc import Iterable

from msgspec import Struct

from batchtui.core.models import Pool
from batchtui.core.steering import Deallocation
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import ChoiceField, Field, NumberField
from batchtui.ui.widgets.titles import set_title

WAYS = (
    ("put them back in the queue", Deallocation.REQUEUE),
    ("end them", Deallocation.TERMINATE),
    ("wait for them", Deallocation.TASK_COMPLETION),
    ("wait until their files may go too", Deallocation.RETAINED_DATA),
)


class Resize(Struct, frozen=True):
    """What a pool is to have."""

    dedicated: int
    spot: int
    deallocation: Deallocation


class ResizeScreen(FormScreen[Resize]):
    """Asks for the counts, and for what becomes of tasks on nodes that go."""

    HEADING = "Resize pool"
    SUBMIT = "Resize"

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self._pool = pool

    def fields(self) -> Iterable[Field]:
        pool = self._pool
        yield NumberField(
            "Dedicated nodes", pool.target_dedicated_nodes, id="dedicated", least=0, most=10_000,
            note=f"{pool.current_dedicated_nodes:,} are there",
        )  # fmt: skip
        yield NumberField(
            "Spot nodes", pool.target_low_priority_nodes, id="spot", least=0, most=10_000,
            note=f"{pool.current_low_priority_nodes:,} are there; Azure may take them back",
        )  # fmt: skip
        yield ChoiceField(
            "Their tasks", WAYS, id="deallocation", value=Deallocation.REQUEUE,
            note="what to do with the tasks of nodes that go",
        )  # fmt: skip

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), f"Resize pool {self._pool.id}")

    def result(self) -> Resize:
        return Resize(
            self.query_one("#dedicated", NumberField).number,
            self.query_one("#spot", NumberField).number,
            self.query_one("#deallocation", ChoiceField).choice,
        )
