"""Wait for something that a server does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Look again and again until it holds; fail after `seconds`, saying what didn't."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
