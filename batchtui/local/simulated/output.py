"""What simulated tasks write: text that says of itself that it is simulated."""

from batchtui.local.wire.times import stamp

_LINES = 40
"""Of a task's progress, from its start to its end."""
_SECOND = 1_000_000


def progress(name: str, command: str, started: int, now: int, seconds: float) -> str:
    """The standard output at a moment; times are microseconds since 1970.

    What was written once is never written differently later, so that it can be followed.
    """
    lines = [
        f"SIMULATED: {name} is played, not run; no process was started.",
        f"SIMULATED: its command line is: {command}",
    ]
    step = max(min(seconds, 86_400.0) / _LINES, 1.0)
    done = int(max(now - started, 0) / _SECOND / step)
    for number in range(1, min(done, _LINES * 100) + 1):
        at = started + round(number * step * _SECOND)
        lines.append(f"{stamp(at)[11:19]} item {number:4} done, {number * step:.0f} s so far")
    return "".join(f"{line}\n" for line in lines)


def ending(seconds: float, exit_code: int | None) -> str:
    """The last line of the standard output."""
    return f"SIMULATED: ended after {seconds:.0f} s with exit code {exit_code}.\n"


def complaint(name: str, stderr: str) -> str:
    """The standard error of something that failed."""
    return f"SIMULATED: {name} fails in this world.\n{stderr}".rstrip() + "\n"


def blob_text(name: str, size: int) -> bytes:
    """A blob's content of exactly that many bytes."""
    line = f"SIMULATED: {name} belongs to a world that is played.\n".encode()
    return (line * (size // len(line) + 1))[:size]
