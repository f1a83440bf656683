"""A job by hand."""

from collections.abc import Iterable

from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobConstraints, JobSpec
from batchtui.ui.screens.form import FormScreen, fresh
from batchtui.ui.widgets.form import ChoiceField, Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import entity


class NewJobScreen(FormScreen[JobSpec]):
    """Asks what a new job is called and which pool runs it."""

    HEADING = "New job"

    def __init__(self, pool_ids: tuple[str, ...], pool_id: str) -> None:
        """`pool_id` is the pool that is proposed."""
        super().__init__()
        self._pool_ids = pool_ids
        self._pool_id = pool_id

    def fields(self) -> Iterable[Field]:
        yield TextField("Id", fresh("job"), id="job", check=entity)
        yield ChoiceField(
            "Pool",
            [(pool_id, pool_id) for pool_id in self._pool_ids],
            id="pool",
            value=self._pool_id,
            missing="There is no pool to run it on: create a pool first.",
        )
        yield NumberField(
            "Priority", 0, id="priority", least=-1_000, most=1_000,
            note="on a shared pool, the higher one's tasks go first",
        )  # fmt: skip
        yield NumberField(
            "Task retries", 0, id="retries", least=-1, most=1_000,
            note="how often one that failed runs again; -1 for ever",
        )  # fmt: skip

    def result(self) -> JobSpec:
        retries = self.query_one("#retries", NumberField).number
        return JobSpec(
            id=self.query_one("#job", TextField).value,
            pool_info=PoolInfo(self.query_one("#pool", ChoiceField).choice),
            priority=self.query_one("#priority", NumberField).number,
            constraints=JobConstraints(max_task_retry_count=retries) if retries else None,
        )
