"""The terminal of the dashboard: Textual's, made to outlast what happens to terminals."""

import logging
import os
import re
import select
import selectors
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.geometry import Size
from textual.message import Message

from batchtui.ui.terminal.frames import Plain, wanted_encoding
from batchtui.ui.terminal.keyboard import Keyboard
from batchtui.ui.terminal.writer import TerminalWriter

log = logging.getLogger(__name__)

KITTY = KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT
PATIENCE = 2.0
"""Seconds for a terminal to take what is still to be written at the end."""
POSITION = re.compile(rb"\x1b\[\d+;(\d+)R")
ANSWER = 0.4
"""Seconds for a terminal to say where its cursor is."""


class TerminalGone(Message):
    """The terminal was closed: there is nobody any more to show anything to."""


class TerminalDriver(LinuxDriver):
    """Reads any bytes, writes to any terminal, and survives to be stopped and continued.

    Differs from Textual's in these: bytes that are not UTF-8 become U+FFFD, as does what the
    terminal sends that its parser cannot read; signals are handled in the event loop, never amid
    another step; SIGCONT after a SIGSTOP restores the modes and draws anew instead of starting a
    second thread that reads; a terminal that is gone is told to the app, once; one that knows no
    UTF-8 is given plain characters.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # Textual's act at once, within whatever is being done, and know of no bare SIGSTOP.
        for number in (signal.SIGTSTP, signal.SIGCONT):
            self._loop.add_signal_handler(number, self._told, number)
        outputs = (stream for stream in (sys.__stderr__, sys.__stdout__) if stream is not None)
        terminals = [stream.fileno() for stream in outputs if stream.isatty()]
        self._output = terminals[0] if terminals else 2
        self._writer: TerminalWriter | None = None
        self._on = False
        """Whether the terminal is in application mode."""
        self._suspended = False
        self._kitty_pushed = False
        self._typed_ahead = b""
        self._encoding = ""
        self.plain_because = ""
        """Why there are plain characters in place of frames: a sentence, empty where none are."""

    def write(self, data: str) -> None:
        if self._writer is not None:
            self._writer.write(data)

    def start_application_mode(self) -> None:
        if not self._in_foreground():
            self._stop_process()
            return
        self._make_raw()
        if not self._encoding:
            self._choose_encoding()
        self._writer = TerminalWriter(
            self._output, self._encoder(), caught_up=lambda: self._in_loop(self._restore)
        )
        self._writer.start()
        self._loop.add_signal_handler(signal.SIGWINCH, self._told, signal.SIGWINCH)
        self._tell_size()
        self._on = True
        self._set_modes()
        self._key_thread = Thread(target=self._run_input_thread, name="terminal-input")
        self._key_thread.start()
        if self._must_signal_resume:
            self._must_signal_resume = False
            self.send_message(self.SignalResume())

    def stop_application_mode(self) -> None:
        """Leave the terminal as it was found. Called again, it does nothing."""
        if not self._on:
            return
        self._on = False
        self._disable_bracketed_paste()
        self._enable_line_wrap()
        self._disable_in_band_window_resize()
        self._disable_mouse_support()
        if self._mouse_pixels:
            self.write("\x1b[?1016l")
        # Kitty's keyboard protocol is one of each screen: before the alternate one is left.
        self.write("\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l")
        self._kitty_pushed = False
        if self._writer is not None:
            # Reports of a mouse that is still on would be read by the shell.
            self._writer.drain(PATIENCE)
        self.disable_input()
        if self.attrs_before is not None:
            self._set_attributes(self.attrs_before)

    def disable_input(self) -> None:
        self._loop.remove_signal_handler(signal.SIGWINCH)
        thread, self._key_thread = self._key_thread, None
        if thread is None:
            return
        self.exit_event.set()
        thread.join()
        self.exit_event.clear()
        try:
            termios.tcflush(self.fileno, termios.TCIFLUSH)
        except termios.error as error:
            log.debug("What was typed last is still there: %s", error)

    def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close(PATIENCE)

    def run_input_thread(self) -> None:
        keyboard = Keyboard(self._encoding)
        parser = XTermParser(self._debug)
        typed = self._typed_ahead
        self._typed_ahead = b""
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if typed:
                    text = keyboard.text(typed)
                elif selector.select(0.1):
                    text = keyboard.text(self._read())
                else:
                    text = keyboard.rest()
                typed = b""
                parser = self._parse(parser, text)

    def _read(self) -> bytes:
        """What was typed; sets the event to exit where nothing ever will be."""
        try:
            data = os.read(self.fileno, 4096)
        except OSError as error:
            log.info("The terminal cannot be read: %s", error.strerror)
            data = b""
        if not data:
            if self._is_gone():
                self.exit_event.set()
                self.send_message(TerminalGone())
            else:
                # An end of file that was typed, while a shell had the terminal.
                time.sleep(0.1)
        return data

    def _parse(self, parser: XTermParser, text: str) -> XTermParser:
        """Send what the text says; the parser for what follows it."""
        for char in text:
            parser = self._sent(parser, parser.feed(char))
        return self._sent(parser, parser.tick())

    def _sent(self, parser: XTermParser, said: Iterable[Message]) -> XTermParser:
        try:
            for event in said:
                self.process_message(event)
        except Exception:
            # Whatever a terminal may send: a key code beyond Unicode (`\x1b[1114112u`), a size of
            # nothing. A generator that raised is at its end, so another parser goes on.
            log.exception("The terminal sent what cannot be read.")
            return XTermParser(self._debug)
        return parser

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            log.exception("The thread that reads the keyboard ended.")
            self._app.call_later(self._app._handle_exception, error)

    def process_message(self, message: Message) -> None:
        # `\x1b[55296u` is half a character, which could neither be shown nor be sent to a service.
        if isinstance(message, events.Key) and "\ud800" <= (message.character or "") <= "\udfff":
            return
        super().process_message(message)

    def _told(self, number: signal.Signals) -> None:
        match number:
            case signal.SIGWINCH if not self._in_band_window_resize:
                self._tell_size()
            case signal.SIGTSTP:
                self._suspend()
            case signal.SIGCONT:
                self._continue()

    def _suspend(self) -> None:
        """Give the terminal back and stop, until somebody has the process continue."""
        if self._on and self._auto_restart:
            self.suspend_application_mode()
            self._suspended = self._must_signal_resume = True
        self._stop_process()

    def _continue(self) -> None:
        """Go on: after `_suspend`, or after a SIGSTOP, of which nobody was told."""
        if not (self._on or self._suspended):
            return
        if not self._in_foreground():
            # `bg`: whatever is written now would be written over what the shell shows.
            self._stop_process()
        elif self._suspended:
            self._suspended = False
            self.resume_application_mode()
            self._draw_all()
        else:
            self._restore()

    def _restore(self) -> None:
        """Put the terminal into application mode again: somebody else may have had it."""
        if self._on:
            self._make_raw()
            self._set_modes()
            self._tell_size()
            self._draw_all()

    def _stop_process(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def _draw_all(self) -> None:
        self._app.call_later(self._app.refresh, layout=True)

    def _set_modes(self) -> None:
        self.write("\x1b[?1049h")
        self._enable_mouse_support()
        self.write("\x1b[?25l\x1b[?1004h")
        if not constants.DISABLE_KITTY_KEY:
            # Set where it was pushed before: what is pushed twice would have to be taken off twice.
            self.write(f"\x1b[={KITTY};1u" if self._kitty_pushed else f"\x1b[>{KITTY}u")
            self._kitty_pushed = True
        self._request_terminal_sync_mode_support()
        self._query_in_band_window_resize()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        # Again, for iTerm 3.5.0.
        self._enable_mouse_support()

    def _make_raw(self) -> None:
        try:
            attributes = termios.tcgetattr(self.fileno)
        except termios.error as error:
            log.info("The terminal has no modes: %s", error)
            return
        if self.attrs_before is None:
            self.attrs_before = termios.tcgetattr(self.fileno)
        attributes[tty.LFLAG] = self._patch_lflag(attributes[tty.LFLAG])
        attributes[tty.IFLAG] = self._patch_iflag(attributes[tty.IFLAG])
        # Four on Solaris and its kin, where it shares its place with the end of file.
        attributes[tty.CC][termios.VMIN] = 1
        self._set_attributes(attributes)

    def _set_attributes(self, attributes: list[Any]) -> None:
        try:
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        except termios.error as error:
            log.info("The terminal's modes cannot be set: %s", error)

    def _in_foreground(self) -> bool:
        """Whether the terminal is ours to use; also where it belongs to no session."""
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:
            return True

    def _is_gone(self) -> bool:
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return True
        return False

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    def _in_loop(self, callback: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(callback)

    def _encoder(self) -> Callable[[str], bytes]:
        if not self.plain_because:
            return lambda text: text.encode("utf-8", "replace")
        plain, encoding = Plain(self._encoding), self._encoding
        return lambda text: text.translate(plain).encode(encoding, "replace")

    def _choose_encoding(self) -> None:
        """UTF-8 where the locale says so or the terminal knows it; else what the locale says."""
        encoding, chosen = wanted_encoding()
        cells = None if encoding == "utf-8" and chosen else self._cells_of_two_bytes()
        if encoding != "utf-8" and cells is None and not chosen:
            cells = 1  # nobody says anything: a terminal of today, more likely than not
        if cells == 1 or (cells is None and encoding == "utf-8"):
            self._encoding = "utf-8"
            return
        self._encoding = "ascii" if encoding == "utf-8" else encoding
        self.plain_because = (
            "This terminal and its locale show no UTF-8: frames and signs are drawn in plain "
            "characters. LANG=C.UTF-8 turns them on where the terminal knows them."
        )
        log.warning(self.plain_because)

    def _cells_of_two_bytes(self) -> int | None:
        """How many cells `é` in UTF-8 takes; None where the terminal does not say.

        On the alternate screen, which is drawn soon. Whatever is typed meanwhile is kept for later.
        """
        typed, deadline = b"", time.monotonic() + ANSWER
        try:
            os.write(self._output, b"\x1b[?1049h\r\xc3\xa9\x1b[6n")
            while (left := deadline - time.monotonic()) > 0:
                ready, _, _ = select.select([self.fileno], [], [], left)
                piece = os.read(self.fileno, 1024) if ready else b""
                if not piece:
                    break
                typed += piece
                if found := POSITION.search(typed):
                    self._typed_ahead = typed[: found.start()] + typed[found.end() :]
                    return int(found[1]) - 1
        except OSError as error:
            log.info("The terminal cannot be asked: %s", error.strerror)
        self._typed_ahead = typed
        return None
