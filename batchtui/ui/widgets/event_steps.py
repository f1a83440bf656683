"""The steps of a run as a list that fills its width."""

from datetime import UTC, datetime

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive

from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.event_story import Story
from batchtui.ui.widgets.event_words import step_line
from batchtui.ui.widgets.tones import content


class StepList(Contained):
    """One line for each step: how it is, what came of it, how long it took."""

    DEFAULT_CSS = "StepList { height: auto; }"

    story: reactive[Story | None] = reactive(None)
    now: reactive[datetime] = reactive(datetime.fromtimestamp(0, UTC))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.story.marks) if self.story else 1

    def render(self) -> Content:
        if self.story is None:
            return Content()
        width = self.size.width
        lines = (step_line(self.story, step, self.now, width) for step in self.story.marks)
        return Content("\n").join(content(line) for line in lines)
