"""Sequences that ask the terminal for something, also through tmux."""

import base64


def to_clipboard(text: str, *, in_tmux: bool) -> str:
    """OSC 52, which has the terminal put the text into the clipboard.

    Inside tmux it is written twice: as it is, which tmux heeds where its option `set-clipboard` is
    on, and wrapped, which it hands on where `allow-passthrough` is. By default it heeds neither,
    and no terminal answers: whether the text arrived is never known.
    """
    coded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{coded}\x07"
    return sequence + through_tmux(sequence) if in_tmux else sequence


def through_tmux(sequence: str) -> str:
    """The sequence wrapped in one of tmux's own, with each escape doubled."""
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
