"""A job made after another one, with its tasks or without."""

from functools import partial

from batchtui.core.clone import clone
from batchtui.core.copying import Copying
from batchtui.core.free_id import next_id
from batchtui.core.gateway import Batch
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.traffic import Traffic
from batchtui.core.wording import many
from batchtui.ui.widgets.form import ChoiceField

ENDING = "onAllTasksComplete"
TERMINATE = "terminatejob"


class JobClone:
    """What is asked about the twin of a job, and what its creation then does.

    A job that ends with its last task gets its tasks first, and learns that it ends with them
    afterwards: it would end before it had any.
    """

    def __init__(
        self, batch: Batch, job: Document, tasks: int, traffic: Traffic, new_id: str = ""
    ) -> None:
        """`job` is the whole job, of so many tasks; `new_id` what its twin is called at first."""
        self._batch = batch
        self._job = job
        self._traffic = traffic
        self._manager = str((job.get("jobManagerTask") or {}).get("id", ""))
        self._tasks = tasks - bool(self._manager and tasks)
        self.request = clone(Kind.JOB, job, new_id or next_id(job["id"], ()))
        self.copying: Copying | None = None
        """What is left to do once the job is there."""
        self.choice: ChoiceField[bool] | None = None
        """Whether the tasks come along; nothing to choose where there are none."""
        if self._tasks:
            self.choice = ChoiceField(
                "Tasks",
                [("without tasks", False), (f"with its {many(self._tasks, 'task')}", True)],
                id="tasks",
                note="copies of them wait to run once the job is there",
            )

    @property
    def about(self) -> str:
        """What is special about this one."""
        if not self._ends:
            return ""
        later = f" {ENDING} is set once all copied tasks are there." if self._tasks else ""
        return f"Without tasks it would end at once, and so is not told to end with them.{later}"

    @property
    def _ends(self) -> bool:
        return _says_so(self._job)

    async def create(self, made: Document) -> None:
        """Make the job as the user has it now."""
        if self.choice is None or not self.choice.choice:
            await self._batch.create(Kind.JOB, made)
            return
        # Whoever writes something else there means that.
        ends = _says_so(made) or (self._ends and ENDING not in made)
        await self._batch.create(
            Kind.JOB, {name: value for name, value in made.items() if not ends or name != ENDING}
        )
        target = str(made["id"])
        copying = partial(
            Copying, self._batch, str(self._job["id"]), target,
            total=self._tasks, traffic=self._traffic, manager=self._manager,
        )  # fmt: skip
        end = partial(self._batch.update, Thing(Kind.JOB, target), {ENDING: TERMINATE})
        self.copying = copying(finish=end) if ends else copying()


def _says_so(job: Document) -> bool:
    return str(job.get(ENDING, "")).lower() == TERMINATE
