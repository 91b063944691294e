"""Rows that come when they come, as from a pipe that may be silent for hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from runtime.contacts import FedRow


class RowsRead(msgspec.Struct, frozen=True, gc=False):
    """Rows have come; `more` may follow. `digest` is that of all rows so far, where one is kept."""

    rows: list[FedRow]
    more: bool
    digest: str | None


class Arrivals(Protocol):
    """Where rows come from that nobody may wait for on the actors' thread."""

    def ask(self, answer: Callable[[RowsRead], object]) -> None:
        """Have `answer` called with the next rows, once, from any thread."""
