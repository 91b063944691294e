"""Answer those who asked from outside."""

from __future__ import annotations

import queue
from typing import Any

from actors.messages import Answer


def answer(done: Answer, value: Any = None) -> None:
    """Set a future, unless nobody asked or it was answered before a crash."""
    if done is not None:
        try:
            done.set(value)
        except queue.Full:
            return


def refuse(done: Answer, error: Exception) -> None:
    """Set a future's exception, unless nobody asked or it was answered before a crash."""
    if done is not None:
        try:
            done.set_exception((type(error), error, None))
        except queue.Full:
            return
