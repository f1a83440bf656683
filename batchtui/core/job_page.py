"""A job as a person reads it: also how its preparation went on each node."""

from datetime import datetime

from batchtui.core.dossier import Dossier
from batchtui.core.page import WRONG, Section, sections
from batchtui.core.preparation_page import preparation_sections, preparation_trouble


def job_sections(dossier: Dossier, now: datetime) -> tuple[Section, ...]:
    """What is wrong, then the preparation, then the rest of the document."""
    parts = sections(dossier.document, now)
    wrong = [line for part in parts if part.title == WRONG for line in part.lines]
    wrong += preparation_trouble(dossier.preparation)
    return (
        *([Section(WRONG, tuple(wrong))] if wrong else []),
        *preparation_sections(dossier.preparation, dossier.preparation_errors, now),
        *(part for part in parts if part.title != WRONG),
    )
