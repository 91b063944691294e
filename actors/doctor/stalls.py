"""Tell when a campaign stands still, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

STILL_SECONDS = 120.0
"""How long nothing is placed before a campaign counts as standing still."""

FULL_SECONDS = 600.0
"""The same while calls are in progress: with every slot in a long call that is no stall yet."""

IN_PROGRESS = frozenset(
    {"tenant_full", "campaign_full", "connection_full", "number_full", "sticky_busy", "rate"}
)
"""What calls in progress will end by themselves."""

PLANNED = frozenset({"calling_hours", "retry_due", "not_started", "party_busy"})
"""What is as configured; nothing is wrong."""


class Stall(msgspec.Struct, frozen=True):
    """Nothing is dialed: for what most wait, how long, and how many contacts.

    `waiting` counts the contacts by what they wait for.
    """

    cause: str
    since: float
    seconds: float
    contacts: int
    waiting: dict[str, int]
    available: int


class StallDetector:
    """Compare what is placed with who waits, whenever the pool tells its capacity."""

    def __init__(self) -> None:
        self._placed = 0
        self._placed_at: float | None = None
        self._stall: Stall | None = None

    @property
    def stall(self) -> Stall | None:
        """Give the stall that goes on."""
        return self._stall

    def begin(self, at: float) -> None:
        """Note when the campaign began: it has until now to place its first call."""
        self._placed_at = at

    def look(
        self,
        at: float,
        waiting: Mapping[str, int],
        *,
        placed: int,
        available: int,
        in_use: int,
        halted: str | None,
    ) -> Stall | None:
        """Say why nothing is dialed; None while something is, or nobody waits.

        `waiting` counts contacts by reason, `placed` all calls so far;
        `halted` names what stops the whole engine, as `journal_away`.
        """
        if self._placed_at is None or placed != self._placed:
            self._placed, self._placed_at = placed, at
        contacts = sum(waiting.values())
        still = at - self._placed_at
        cause = _cause(waiting, halted)
        patience = FULL_SECONDS if in_use and cause in IN_PROGRESS else STILL_SECONDS
        if not contacts or cause is None or still < patience:
            self._stall = None
            return None
        self._stall = Stall(
            cause, self._placed_at, round(still, 3), contacts, dict(sorted(waiting.items())), available
        )
        return self._stall


def _cause(waiting: Mapping[str, int], halted: str | None) -> str | None:
    """Name what would free the most; what is planned only where there is nothing else."""
    if halted is not None:
        return halted
    counts = {reason: count for reason, count in waiting.items() if count and reason not in PLANNED}
    counts = counts or {reason: count for reason, count in waiting.items() if count}
    return min(counts, key=lambda reason: (-counts[reason], reason)) if counts else None
