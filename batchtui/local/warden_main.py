"""The warden's own program: it outlives the account and ends what the account started.

Run by path with the standard library alone (`python -I -S warden_main.py ROOT...`), so that it is
up in a few milliseconds and holds no memory of note. Its standard input is a pipe from the
account: lines `+GROUP` and `-GROUP`. When the pipe closes, for whatever reason, every watched
process group gets SIGTERM and after a grace SIGKILL; so does every process whose HOME lies below
one of the ROOTs, which finds those that left their group or were started in the account's very
last moment (where there is /proc to look in).
"""

import os
import signal
import sys
import time

GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""
PAUSE = 0.02


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    roots = [os.fsencode(root) for root in sys.argv[1:]]
    groups = read_orders()
    end(groups, roots)


def read_orders() -> set[int]:
    """Follow the account's orders until it is gone; the groups that it left."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def end(groups: set[int], roots: list[bytes]) -> None:
    """Ask, then force. What ignores SIGKILL is out of anybody's hands, so it is tried twice."""
    deadline = time.monotonic() + GRACE
    signal_all(groups, roots, signal.SIGTERM)
    while anything_left(groups, roots) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    signal_all(groups, roots, signal.SIGKILL)
    time.sleep(PAUSE)
    signal_all(groups, roots, signal.SIGKILL)


def signal_all(groups: set[int], roots: list[bytes], number: int) -> None:
    for group in groups:
        send(-group, number)
    for pid in strays(roots):
        send(pid, number)


def anything_left(groups: set[int], roots: list[bytes]) -> bool:
    return any(send(-group, 0) for group in groups) or bool(strays(roots))


def send(target: int, number: int) -> bool:
    """Signal a process, or a group if negative; whether it was there."""
    try:
        os.kill(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def strays(roots: list[bytes]) -> list[int]:
    """The processes whose HOME lies below one of the roots."""
    if not os.path.isdir("/proc/self") or not roots:
        return []
    homes = tuple(b"HOME=" + root + b"/" for root in roots)
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                variables = file.read().split(b"\0")
        except OSError:  # another user's, or gone
            continue
        if any(variable.startswith(homes) for variable in variables):
            found.append(int(name))
    return found


if __name__ == "__main__":
    main()
