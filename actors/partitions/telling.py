"""Decide when this daemon has carried out what all are told: pure.

Changes by operators (flags, pauses, caps) are kept as a list, whose length is
its version. A daemon tells the version up to which it has carried them out;
one that is behind begins no new partition before it has caught up.
"""

from __future__ import annotations

from collections.abc import Iterable

from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange


class Telling:
    """How far this daemon has come."""

    def __init__(self) -> None:
        self.told = 0
        """The newest version that it has heard of."""
        self.confirmed = 0
        """Up to here everything is in force here."""
        self.reading = False
        self._pending = 0
        self._version = 0

    @property
    def is_behind(self) -> bool:
        """Tell whether something is not in force here that others may count on."""
        return self.confirmed < self.told

    def heard(self, told: int) -> bool:
        """Hear of a version; True if what is new is to be read now."""
        self.told = max(self.told, told)
        if not self.is_behind or self.reading:
            return False
        self.reading = True
        return True

    def read(self, changes: Iterable[Change], version: int) -> list[Change]:
        """Take what was read; returns what is to be carried out: of each thing the last change."""
        last = {_subject(change): change for change in changes}
        self._pending, self._version = len(last), version
        if not last:
            self._confirm()
        return list(last.values())

    def carried_out(self) -> bool:
        """Note that a change is in force; True if all that was read is."""
        self._pending -= 1
        if self._pending:
            return False
        self._confirm()
        return True

    def _confirm(self) -> None:
        self.reading = False
        self.confirmed = self._version
        self.told = max(self.told, self._version)


def _subject(change: Change) -> tuple[str, ...]:
    """Name what a change is about, and in which respect: a flag and a pause don't replace one another."""
    match change:
        case NumberChange():
            return "number", change.number, "flag" if "flag" in change.what else "pause"
        case CampaignChange():
            return "campaign", change.campaign, "end" if change.what == "canceled" else "pause"
        case LimitChange():
            return "limit", change.connection or "", change.tenant or ""
