"""What became of a pool's autoscale formula."""

from batchtui.core.wire import NameValue, Time, Wire


class AutoScaleError(Wire, frozen=True):
    code: str = ""
    message: str = ""
    values: tuple[NameValue, ...] = ()

    @property
    def sentence(self) -> str:
        """What is wrong with the formula, and where."""
        return ": ".join(filter(None, (self.message, *(detail.value for detail in self.values))))


class AutoScaleRun(Wire, frozen=True):
    """What a formula came to. `results` are `$Name=value` joined by semicolons."""

    timestamp: Time | None = None
    results: str = ""
    error: AutoScaleError | None = None

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        """Each variable that the formula set, such as `("TargetDedicatedNodes", "3")`."""
        parts = (part.partition("=") for part in self.results.split(";") if "=" in part)
        return tuple((name.strip().lstrip("$"), value.strip()) for name, _, value in parts)
