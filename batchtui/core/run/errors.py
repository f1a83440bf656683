"""What ends a run, or keeps one from going on."""


class RunError(Exception):
    """The run cannot go on: a sentence that says what was tried and why it failed."""


class ChangedInputsError(Exception):
    """Inputs of a run are no longer what they were when it began: a line for each of them."""
