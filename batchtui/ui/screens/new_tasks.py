"""Tasks by hand: one, or many of one kind."""

from collections.abc import Iterable

from textual import on

from batchtui.core.specs import TaskConstraints, TaskSpec
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import entity, needed
from batchtui.ui.widgets.titles import set_title

INDEX = "{index}"
MOST = 100_000


class NewTasksScreen(FormScreen[tuple[TaskSpec, ...]]):
    """Asks for a command, and how often it is to run with another `{index}`, from 1 on."""

    HEADING = "New tasks"
    SUBMIT = "Add"

    def __init__(self, job_id: str) -> None:
        super().__init__()
        self._job_id = job_id

    def fields(self) -> Iterable[Field]:
        yield TextField("Id", "task", id="prefix", check=self._check_id)
        yield TextField(
            "Command", f"/bin/sh -c 'echo hello from {INDEX}'", id="command", check=needed,
            note="$NAME, pipes and && need a shell: /bin/sh -c '...'",
        )  # fmt: skip
        yield NumberField("How many", 1, id="count", least=1, most=MOST)
        yield NumberField(
            "Retries", 0, id="retries", least=-1, most=1_000,
            note="how often one that failed runs again; -1 for ever",
        )  # fmt: skip
        yield NumberField(
            "Slots", 1, id="slots", least=1, most=256, note="how many of a node's slots each takes"
        )

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), f"New tasks in {self._job_id}")
        self.preview()

    @on(Field.Edited)
    def preview(self) -> None:
        """Say which ids it will make, and what becomes of the command."""
        count = self.query_one("#count", NumberField)
        if count.fault():
            return
        total, prefix = count.number, self.query_one("#prefix", TextField)
        first, last = (task_id(prefix.value, index, total) for index in (1, total))
        prefix.say(f"makes {first}" if total == 1 else f"makes {first} to {last}")
        same = total > 1 and INDEX not in self.query_one("#command", TextField).value
        count.say(
            f"all the very same: write {INDEX} into the command"
            if same
            else f"{INDEX} in the command stands for 1{f' to {total:,}' if total > 1 else ''}"
        )

    def result(self) -> tuple[TaskSpec, ...]:
        prefix = self.query_one("#prefix", TextField).value
        command = self.query_one("#command", TextField).value
        total = self.query_one("#count", NumberField).number
        retries = self.query_one("#retries", NumberField).number
        slots = self.query_one("#slots", NumberField).number
        constraints = TaskConstraints(max_task_retry_count=retries) if retries else None
        return tuple(
            TaskSpec(
                id=task_id(prefix, index, total),
                command_line=command.replace(INDEX, str(index)),
                required_slots=slots,
                constraints=constraints,
            )
            for index in range(1, total + 1)
        )

    def _check_id(self, prefix: str) -> str:
        count = self.query_one("#count", NumberField)
        total = 1 if count.fault() else count.number
        return entity(prefix) or entity(task_id(prefix, total, total))


def task_id(prefix: str, index: int, total: int) -> str:
    """The prefix itself for one task; numbered from 1 and padded for more, so that they sort."""
    return prefix if total == 1 else f"{prefix}-{index:0{len(str(total))}}"
