"""One stream of one of several tasks."""

from batchtui.core.feed import Reading
from batchtui.core.models import Task
from batchtui.core.tail import Excerpt
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.widgets.glyphs import DELETED, of_task
from batchtui.ui.widgets.titles import set_title
from batchtui.ui.widgets.tones import clean


class TaskStreamPane(StreamPane):
    """Is titled by its task; its id is that of the feed that it shows."""

    def __init__(self, task: Task, index: int) -> None:
        self.task_id = task.id
        self.index = index
        self.feed = f"output-{index}"
        super().__init__(self.feed, "")
        self.set_reactive(StreamPane.subject, Reading(task, known=True))
        self.show_stream("stdout")

    def show_stream(self, stream: str) -> None:
        """Have the other stream here, of which nothing is known yet."""
        self.stream = stream
        self._entitle()
        self.reading = Reading(Excerpt())

    def watch_subject(self) -> None:
        self._entitle()
        super().watch_subject()

    def _entitle(self) -> None:
        task = self.subject.value
        sign = DELETED if self.subject.missing else of_task(task)
        code = task.execution_info.exit_code
        exit_code = "" if code is None else f" · exit {code}"
        title = f"{sign.glyph} {clean(self.task_id)} · {self.stream}{exit_code}"
        set_title(self, title)
