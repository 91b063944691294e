"""Tell when a campaign stands still, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

STILL_SECONDS = 120.0
"""How long nothing is placed before a campaign counts as standing still."""

FULL_SECONDS = 600.0
"""The same where calls that are up will end: with every slot in a long call that is no stall yet."""

USUAL_GAPS = 2.0
"""… and where calls are longer still, so many times the longest gap that ended by itself."""

AGAIN_SECONDS = 3600.0
"""A cause that was over for less than so long is named again only after `FULL_SECONDS` of it: no stream."""

IN_PROGRESS = frozenset(
    {
        "tenant_full",
        "campaign_full",
        "connection_full",
        "number_full",
        "country_match",
        "sticky_busy",
        "rate",
        "unknown",
    }
)
"""What calls in progress will end by themselves, this campaign's or another's."""

PLANNED = frozenset({"calling_hours", "retry_due", "not_started", "party_busy", "contacts_exhausted"})
"""What is as configured; nothing is wrong."""

WORTH_NAMING = 0.05
"""The share of who waits from which on what isn't planned is the cause."""


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
        self._longest_gap = 0.0
        self._stall: Stall | None = None
        self._cause: str | None = None
        self._cause_since = 0.0
        self._over_at: dict[str, float] = {}

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
        probing: bool = False,
        open_ended: bool = False,
    ) -> Stall | None:
        """Say why nothing is dialed; None while something is, or nobody waits.

        `waiting` counts contacts by reason, `placed` all calls so far;
        `halted` names what stops the whole engine, as `journal_away`;
        `probing` says that all connections are open, so that what is placed
        are probes; `open_ended` that the campaign waits for more contacts.
        """
        if self._placed_at is None:
            self._placed, self._placed_at = placed, at
        elif placed != self._placed:
            self._placed = placed
            if not probing:
                self._longest_gap = max(self._longest_gap, at - self._placed_at)
                self._placed_at = at
        contacts = sum(waiting.values())
        cause = _cause(waiting, halted, available=available, probing=probing)
        if not contacts and open_ended and not in_use:
            cause = "contacts_exhausted"
        stall = None
        if cause is not None and self._lasts(at, cause):
            still = round(at - self._placed_at, 3)
            stall = Stall(cause, self._placed_at, still, contacts, dict(sorted(waiting.items())), available)
        if self._stall is not None and (stall is None or stall.cause != self._stall.cause):
            self._over_at[self._stall.cause] = at
        self._cause, self._stall = cause, stall
        return stall

    def _lasts(self, at: float, cause: str) -> bool:
        """Tell whether it has been still for long enough to say why."""
        if cause != self._cause:
            self._cause_since = at
        begun = self._placed_at or 0.0
        patience = STILL_SECONDS
        if cause in IN_PROGRESS:
            patience = max(FULL_SECONDS, USUAL_GAPS * self._longest_gap)
        over_at = self._over_at.get(cause)
        if over_at is not None and at - over_at < AGAIN_SECONDS:
            begun = max(begun, self._cause_since)
            patience = max(FULL_SECONDS, patience)
        return at - begun >= patience


def _cause(waiting: Mapping[str, int], halted: str | None, *, available: int, probing: bool) -> str | None:
    """Name what would free the most; what is planned only where there is hardly anything else."""
    if halted is not None:
        return halted if any(waiting.values()) else None
    counts = {reason: count for reason, count in waiting.items() if count}
    if "paused" in counts:
        return "paused"
    wrong = {reason: count for reason, count in counts.items() if reason not in PLANNED}
    if sum(wrong.values()) >= WORTH_NAMING * sum(counts.values()):
        counts = wrong or counts
    if not counts:
        return None
    cause = min(counts, key=lambda reason: (-counts[reason], reason))
    if cause == "connection_open" and probing:
        return "breaker"
    if cause in ("connection_full", "number_full") and available > 0:
        return "country_match"
    return cause
