"""One run belongs to one program at a time, whoever looks at it meanwhile."""

import fcntl
import stat
import threading
import time
from pathlib import Path

import pytest

from batchtui.core.ledger import Ledger, LedgerError
from batchtui.core.run.lock import RunLock


@pytest.mark.fault("3.10")
def test_two_programs_never_hold_one_run_while_others_look(tmp_path: Path) -> None:
    """Each thread stands for a program: a lock belongs to an open file, not to a process."""
    file = tmp_path / "r1.lock"
    until = time.monotonic() + 1.0
    inside, most, held, seen = 0, 0, 0, 0
    counting = threading.Lock()

    def hold() -> None:
        nonlocal inside, most, held
        while time.monotonic() < until:
            try:
                with RunLock(file).holding():
                    with counting:
                        inside += 1
                        held += 1
                        most = max(most, inside)
                    time.sleep(0.0005)
                    with counting:
                        inside -= 1
            except BlockingIOError:
                time.sleep(0)

    def look() -> None:
        nonlocal seen
        while time.monotonic() < until:
            seen += RunLock(file).is_held()
            time.sleep(0)

    threads = [threading.Thread(target=work) for work in (hold, hold, hold, look, look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert held > 10
    assert seen


@pytest.mark.fault("3.10")
def test_the_file_stays_and_is_private(tmp_path: Path) -> None:
    lock = RunLock(tmp_path / "runs" / "r1.lock")
    assert not lock.is_held()
    for _ in range(2):
        with lock.holding():
            assert lock.is_held()
            with pytest.raises(BlockingIOError), lock.holding():
                pass
        assert not lock.is_held()
    (file,) = (tmp_path / "runs").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.fault("3.10")
def test_whoever_looks_is_waited_for(tmp_path: Path) -> None:
    """A look that is slow keeps nobody from holding the run."""
    file = tmp_path / "r1.lock"
    file.touch()
    with file.open() as looked:
        fcntl.flock(looked, fcntl.LOCK_SH)
        timer = threading.Timer(0.05, lambda: fcntl.flock(looked, fcntl.LOCK_UN))
        timer.start()
        with RunLock(file).holding():
            assert RunLock(file).is_held()
        timer.join()


@pytest.mark.fault("3.10")
def test_the_ledger_says_that_a_run_is_under_way_elsewhere(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.holding("r1"):
        assert ledger.under_way("r1")
        assert not ledger.under_way("r2")
        with pytest.raises(LedgerError, match="Run r1 is still under way elsewhere"):
            ledger.holding("r1").__enter__()
    assert not ledger.under_way("r1")
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(LedgerError, match=r"Could not lock run r1 in .*: Not a directory"):
        Ledger(blocked).holding("r1").__enter__()


def test_what_happens_to_the_holder_is_not_taken_for_trouble_with_the_lock(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError, match="mine"), Ledger(tmp_path).holding("r1"):
        raise BlockingIOError("mine")
