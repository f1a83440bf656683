"""What the end of a task means for the tasks that depend on it."""

from collections.abc import Iterator

from batchtui.core.wire import Wire

SATISFY = "satisfy"


class ExitOptions(Wire, frozen=True):
    dependency_action: str = ""
    """`satisfy` or `block`; empty where the service's default holds."""


class ExitCode(Wire, frozen=True):
    code: int
    exit_options: ExitOptions = ExitOptions()


class ExitCodeRange(Wire, frozen=True):
    """Exit codes from `start` to `end`, both included."""

    start: int
    end: int
    exit_options: ExitOptions = ExitOptions()


class ExitConditions(Wire, frozen=True):
    """By which end of a task which options hold."""

    exit_codes: tuple[ExitCode, ...] = ()
    exit_code_ranges: tuple[ExitCodeRange, ...] = ()
    pre_processing_error: ExitOptions | None = None
    file_upload_error: ExitOptions | None = None
    default: ExitOptions | None = None

    def satisfied(self, *, failed: bool, exit_code: int | None, failure_code: str) -> bool:
        """Whether tasks that depend on one that ended so may run.

        Without a condition for that end only a success satisfies them. A code that is named
        comes before the error of an upload after it, as the service documents it.
        """
        options = next(self._of(failed, exit_code, failure_code), ExitOptions())
        return options.dependency_action == SATISFY if options.dependency_action else not failed

    def _of(self, failed: bool, exit_code: int | None, failure_code: str) -> Iterator[ExitOptions]:
        if exit_code is None:
            yield from filter(None, (self.pre_processing_error, self.default))
            return
        yield from (each.exit_options for each in self.exit_codes if each.code == exit_code)
        for span in self.exit_code_ranges:
            if span.start <= exit_code <= span.end:
                yield span.exit_options
        if failure_code.startswith("FileUpload") and self.file_upload_error is not None:
            yield self.file_upload_error
        if failed and self.default is not None:
            yield self.default
