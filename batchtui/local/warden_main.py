"""The warden's own program: it outlives the account and ends what the account started.

Run by path with the standard library alone (`python -I -S warden_main.py ROOT...`), so that it is
up in a few milliseconds and holds no memory of note. Its standard input is a pipe from the
account: lines `+GROUP`, `*GROUP` and `-GROUP`. When the pipe closes, for whatever reason, every
watched process group gets SIGTERM and after a grace, which is longer for `*`, SIGKILL; so does
every process whose HOME lies below one of the ROOTs, which finds those that left their group or
were started in the account's very last moment (where there is /proc to look in).

Each process gets SIGTERM once. A program that saves its data at the first one, as Azurite does,
may take a second one for the order to stop at once, and the data is lost.
"""

import os
import signal
import sys
import time

GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""
LONG_GRACE = 10.0
"""The same for a group that has data to save."""
PAUSE = 0.02


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    roots = [os.fsencode(root) for root in sys.argv[1:]]
    groups = read_orders()
    end(groups, roots)


def read_orders() -> dict[int, float]:
    """Follow the account's orders until it is gone; the groups that it left, with their grace."""
    groups: dict[int, float] = {}
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "-":
            groups.pop(group, None)
        else:
            groups[group] = LONG_GRACE if line[0] == "*" else GRACE
    return groups


def end(groups: dict[int, float], roots: list[bytes]) -> None:
    """Ask, then force. What ignores SIGKILL is out of anybody's hands, so it is tried twice."""
    began = time.monotonic()
    for group in groups:
        send(-group, signal.SIGTERM)
    for pid, group in strays(roots):
        if group not in groups:
            send(pid, signal.SIGTERM)
    killed = dict.fromkeys(groups, 0)
    while left := [group for group in running(groups) if killed[group] < 2]:
        waited = time.monotonic() - began
        if waited >= GRACE:
            kill_strays(groups, roots)
        for group in left:
            if waited >= groups[group]:
                send(-group, signal.SIGKILL)
                killed[group] += 1
        time.sleep(PAUSE)
    while strays(roots) and time.monotonic() < began + GRACE:
        time.sleep(PAUSE)
    for _ in range(2):
        kill_strays({}, roots)
        time.sleep(PAUSE)


def kill_strays(groups: dict[int, float], roots: list[bytes]) -> None:
    """Kill what is left below the roots and in none of the groups."""
    for pid, group in strays(roots):
        if group not in groups:
            send(pid, signal.SIGKILL)


def running(groups: dict[int, float]) -> set[int]:
    """Those of the groups in which a process runs.

    Zombies count for kill(), and stay for ever where nobody reaps orphans, as in many containers:
    so where /proc is, it decides.
    """
    there = {group for group in groups if send(-group, 0)}
    if not there or not os.path.isdir("/proc/self"):
        return there
    return there & {group_of(pid) for pid in pids()}


def send(target: int, number: int) -> bool:
    """Signal a process, or a group if negative; whether it was there."""
    try:
        os.kill(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def strays(roots: list[bytes]) -> list[tuple[int, int]]:
    """The running processes whose HOME lies below one of the roots, each with its group."""
    if not os.path.isdir("/proc/self") or not roots:
        return []
    homes = tuple(b"HOME=" + root + b"/" for root in roots)
    found = []
    for pid in pids():
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                variables = file.read().split(b"\0")
        except OSError:  # another user's, or gone
            continue
        if any(variable.startswith(homes) for variable in variables):
            found.append((pid, group_of(pid)))
    return found


def pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def group_of(pid: int) -> int:
    """The group of a process that runs; 0 for a zombie, and for one that is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The program's name stands in parentheses and may hold anything.
            state, _, group = file.read().rpartition(b")")[2].split()[:3]
    except OSError:
        return 0
    return 0 if state in b"ZX" else int(group)


if __name__ == "__main__":
    main()
