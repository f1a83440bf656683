"""The dashboard in a pseudo-terminal: what terminals send, and what happens to them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.ptys import Pty, dashboard

pytestmark = pytest.mark.slow

LEFT = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[<u")
"""Alternate screen, cursor, mouse, paste and keyboard as before."""
ENTERED = (b"\x1b[?1049h", b"\x1b[?25l", b"\x1b[?1000h", b"\x1b[?1003h", b"\x1b[?2004h")
GO_TO = ":"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Pty]:
    with dashboard(tmp_path) as pty:
        pty.shows("No jobs yet")
        yield pty


def typed(terminal: Pty, data: bytes, shown: str) -> None:
    """Type into a line, and see it there."""
    terminal.forget()
    terminal.type(GO_TO)
    terminal.shows("tab complete")
    terminal.forget()
    terminal.type(data)
    terminal.shows(shown)


def quits(terminal: Pty) -> None:
    """The program still does what a key asks of it, and ends well."""
    terminal.forget()
    terminal.type("\x1b")
    terminal.watch(0.5)
    terminal.type("q")
    assert terminal.ended() == 0
    assert terminal.modes == terminal.modes_before
    assert all(sequence in terminal.seen for sequence in LEFT)


@pytest.mark.fault("1.2")
def test_bytes_that_are_no_characters_end_nothing(terminal: Pty) -> None:
    for data, shown in (
        (b"\x1b[M \x900xy", "xy"),  # an old mouse report, its column beyond 111
        (b"\x1b[M\xc3\xa9\xc3xyz", "xyz"),
        (b"\xf6abc", "\ufffdabc"),  # `ö` in Latin-1
        (b"\xff\xfe\x80abd", "\ufffdabd"),
        (b"a\xc3e", "a\ufffde"),
        (b"\xe2\x82abf", "\ufffdabf"),
        (b"\x1b[1114112uabg", "abg"),  # a key beyond Unicode
        (b"\x1b[55296uabh", "abh"),  # half a character
    ):
        typed(terminal, data, shown)
        terminal.forget()
        terminal.type("\x1b")
        terminal.shows("No pools yet")  # where the dialog was
    terminal.forget()
    terminal.type("q")
    assert terminal.ended() == 0


@pytest.mark.fault("1.2")
def test_a_character_in_several_reads_is_one_character(terminal: Pty) -> None:
    terminal.forget()
    terminal.type(GO_TO)
    terminal.shows("tab complete")
    terminal.forget()
    for char in "ö€名":
        for byte in char.encode():
            terminal.type(bytes((byte,)))
            terminal.watch(0.12)
        terminal.shows(char)
    assert "\ufffd" not in terminal.text
    quits(terminal)


@pytest.mark.fault("1.3")
def test_a_stopped_program_goes_on_with_one_reader_and_takes_a_paste(terminal: Pty) -> None:
    terminal.watch(0.3)
    threads = len(terminal.threads())
    for _ in range(2):
        os.kill(terminal.process.pid, signal.SIGSTOP)
        terminal.until(lambda: terminal.state() == "T", "the stop")
        terminal.forget()
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.until(lambda: all(sequence in terminal.seen for sequence in ENTERED), "modes")
        terminal.shows("No containers yet")
    assert len(terminal.threads()) == threads
    words = "".join(f"{number:05}" for number in range(2000))
    assert len(words) == 10_000
    # The line scrolls to its end with the next key.
    typed(terminal, f"\x1b[200~{words}\x1b[201~Z".encode(), "0199801999Z")
    quits(terminal)


@pytest.mark.fault("1.3")
def test_modes_that_a_shell_changed_meanwhile_are_restored(terminal: Pty) -> None:
    import termios

    raw = terminal.modes
    assert raw != terminal.modes_before
    os.kill(terminal.process.pid, signal.SIGSTOP)
    terminal.until(lambda: terminal.state() == "T", "the stop")
    termios.tcsetattr(terminal.line, termios.TCSANOW, terminal.modes_before)
    os.kill(terminal.process.pid, signal.SIGCONT)
    terminal.until(lambda: terminal.modes == raw, "raw mode")
    quits(terminal)


@pytest.mark.fault("1.3")
@pytest.mark.parametrize("by_key", [True, False])
def test_ctrl_z_gives_the_terminal_back_and_continuing_takes_it_again(
    terminal: Pty, by_key: bool
) -> None:
    threads = len(terminal.threads())
    for _ in range(2):
        terminal.forget()
        if by_key:
            terminal.type("\x1a")
        else:
            os.kill(terminal.process.pid, signal.SIGTSTP)
        terminal.until(lambda: terminal.state() == "T", "the stop")
        terminal.read(0)
        assert all(sequence in terminal.seen for sequence in LEFT)
        assert terminal.modes == terminal.modes_before
        terminal.forget()
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.until(lambda: all(sequence in terminal.seen for sequence in ENTERED), "modes")
        terminal.shows("No containers yet")
    assert len(terminal.threads()) == threads
    typed(terminal, b"abc", "abc")
    quits(terminal)


@pytest.mark.fault("1.4")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_leaves_the_terminal_as_it_was_and_no_child(
    terminal: Pty, number: signal.Signals, code: int
) -> None:
    (child,) = terminal.children()
    terminal.process.send_signal(number)
    assert terminal.ended() == code
    assert all(sequence in terminal.seen for sequence in LEFT)
    assert terminal.modes == terminal.modes_before
    assert not Path(f"/proc/{child}").exists()


@pytest.mark.fault("1.4")
def test_a_signal_ends_what_a_dialog_or_a_question_is_open_on(terminal: Pty) -> None:
    terminal.type("\x10")
    terminal.shows("Search for")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.ended() == 143
    assert all(sequence in terminal.seen for sequence in LEFT)


@pytest.mark.fault("1.4")
@pytest.mark.parametrize("told", [True, False])
def test_a_terminal_that_goes_away_ends_the_program(terminal: Pty, told: bool) -> None:
    (child,) = terminal.children()
    if not told:
        terminal.detach()
    terminal.hang_up()
    assert terminal.process.wait(30) == 129
    assert not Path(f"/proc/{child}").exists()
    log = "".join(file.read_text() for file in terminal.home.rglob("batchtui.log"))
    assert "Traceback" not in log
    assert not [*terminal.home.rglob("crash-*")]


@pytest.mark.fault("1.4")
def test_a_terminal_that_takes_nothing_more_does_not_hold_up_the_end(terminal: Pty) -> None:
    # Nobody reads what is written from here on.
    for size in [(200, 60), (80, 24)] * 20:
        terminal.resize(*size)
        terminal.process.send_signal(signal.SIGWINCH)
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(30) == 143


@pytest.mark.fault("1.9")
def test_sizes_down_to_three_rows_are_drawn(terminal: Pty) -> None:
    for size in ((80, 3), (10, 3), (1, 1), (300, 4), (80, 24)):
        terminal.forget()
        terminal.resize(*size)
        terminal.process.send_signal(signal.SIGWINCH)
        terminal.watch(0.3)
        terminal.type("\x10")
        terminal.watch(0.2)
        terminal.type("\x1b[5~\x1b[6~\x1b")
        terminal.watch(0.2)
    terminal.shows("No jobs yet")
    quits(terminal)


@pytest.mark.parametrize(
    ("variables", "plain"),
    [
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "en_US.ISO-8859-1"}, True),
        ({"LC_ALL": None, "LANG": None}, False),
        ({"LC_ALL": None, "LANG": "C.UTF-8", "PYTHONUTF8": "0"}, False),
        ({"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"}, False),
    ],
)
def test_a_locale_without_frames_has_plain_ones_and_says_so(
    tmp_path: Path, variables: dict[str, str | None], plain: bool
) -> None:
    with dashboard(tmp_path, **variables) as terminal:
        terminal.shows("No jobs yet")
        if plain:
            terminal.shows("show no UTF-8")
            assert terminal.seen.partition(b"\x1b[6n")[2].isascii()
            assert "+- 2 Jobs ---" in terminal.text
        else:
            assert "─ 2 Jobs ──" in terminal.text
            assert "show no UTF-8" not in terminal.text
        quits(terminal)


def test_a_terminal_that_knows_utf_8_has_frames_in_the_c_locale(tmp_path: Path) -> None:
    with dashboard(tmp_path, LC_ALL="C") as terminal:
        terminal.until(lambda: b"\x1b[6n" in terminal.seen, "the question")
        terminal.type("\x1b[1;2R")
        terminal.shows("─ 2 Jobs ──")
        quits(terminal)


@pytest.mark.fault("1.10")
@pytest.mark.parametrize("broken", ["worker", "mount"])
def test_a_bug_is_a_report_a_sentence_and_exit_code_70(tmp_path: Path, broken: str) -> None:
    with dashboard(tmp_path, BREAK=broken) as terminal:
        assert terminal.ended() == 70
        (place,) = tmp_path.rglob("crash-*.txt")
        assert f"because of a bug; the report is {place}.".replace(" ", "") in "".join(
            terminal.text.split()
        )
        assert all(sequence in terminal.seen for sequence in LEFT)
        assert terminal.modes == terminal.modes_before
        assert "Traceback" not in terminal.text
        assert f"ZeroDivisionError: broken on purpose: {broken}" in place.read_text()
        (log,) = tmp_path.rglob("batchtui.log")
        assert "broken on purpose" in log.read_text()
