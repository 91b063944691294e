"""What keeps the count for all daemons, seen from one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from runtime.ledger.statement import Away, Reply, Statement

Answer: TypeAlias = Reply | Away


class Ledger(Protocol):
    """Takes statements and answers them, each once, on the caller's loop."""

    def state(self, statements: Sequence[Statement], answer: Callable[[Sequence[Answer]], None]) -> None:
        """Carry the statements to the ledger; returns at once.

        `answer` gets replies, or `Away` where none came in time, in parts and
        in any order. A statement may be sent again by the way as it is.
        """
        ...
