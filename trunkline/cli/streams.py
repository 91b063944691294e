"""Standard input, output and error that whoever started us had closed."""

from __future__ import annotations

import io
import os
import sys


def stand_in_for_closed_streams() -> None:
    """Let /dev/null stand for a standard stream that is closed.

    Otherwise the next file that is opened, a journal perhaps, would have its
    descriptor, and what is meant for standard error would be written there.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest that is free: this one
            os.set_inheritable(descriptor, True)
        if getattr(sys, name) is None:
            setattr(sys, name, _text(descriptor, f"<{name}>", "r" if name == "stdin" else "w"))


def _text(descriptor: int, name: str, mode: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = name  # as Python names its own: errors of what is read name it
    buffered = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    return io.TextIOWrapper(buffered, encoding="utf-8")
