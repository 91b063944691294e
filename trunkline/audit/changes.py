"""What has changed of late about which numbers may be dialed, so that it can be undone.

A number is drawn up to some seconds before its grant is written, and what
bars a number takes effect a moment before its line. A grant is right if it
was right at any moment in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from trunkline.audit.limits import DECISION_SECONDS, SHORTLY_SECONDS

LETTING = frozenset({"present", "usable"})
"""What a number needs to be dialed from; all other attributes keep it from that."""

MOST_EARLY = 16
"""How many bars are taken to have been in effect before their lines, at one moment."""


class Change(NamedTuple):
    """One attribute that took another value."""

    time: float
    target: Any
    attribute: str
    before: Any
    after: Any

    @property
    def bars(self) -> bool:
        """Say whether no number may be dialed from any more because of it."""
        return bool(self.after) is not (self.attribute in LETTING)


class Changes:
    """The changes of the last seconds, newest last; `version` counts them all."""

    def __init__(self) -> None:
        self.version = 0
        self._recent: deque[Change] = deque()

    def set(self, now: float, target: Any, attribute: str, value: Any) -> None:
        """Give an attribute another value and remember the one it had."""
        before = getattr(target, attribute)
        if before == value:
            return
        recent = self._recent
        while recent and recent[0].time < now - DECISION_SECONDS:
            recent.popleft()
        recent.append(Change(now, target, attribute, before, value))
        setattr(target, attribute, value)
        self.version += 1

    def held_lately(self, now: float, holds: Callable[[], bool]) -> bool:
        """Tell whether something held at any moment since a call now granted was decided."""
        undone: list[Change] = []
        held = False
        for change in reversed(self._recent):
            if change.time < now - DECISION_SECONDS:
                break
            self._put(change.target, change.attribute, change.before)
            undone.append(change)
            if holds() or self._held_under_bars(undone, holds):
                held = True
                break
        for change in reversed(undone):
            self._put(change.target, change.attribute, change.after)
        return held

    def _held_under_bars(self, undone: list[Change], holds: Callable[[], bool]) -> bool:
        """Tell whether it held with the bars in effect whose lines came shortly after.

        A change of another number may have its line in between, so that the
        log never says all of what was so at once.
        """
        latest = undone[-1].time + SHORTLY_SECONDS
        early: list[tuple[Change, Any]] = []
        held = False
        for change in reversed(undone):
            if change.bars and change.time <= latest and len(early) < MOST_EARLY:
                early.append((change, getattr(change.target, change.attribute)))
                self._put(change.target, change.attribute, change.after)
                held = holds()
                if held:
                    break
        for change, value in reversed(early):
            self._put(change.target, change.attribute, value)
        return held

    def _put(self, target: Any, attribute: str, value: Any) -> None:
        setattr(target, attribute, value)
        self.version += 1
