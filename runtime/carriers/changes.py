"""What holds at which time: a connection's and a number's options, changes applied."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from runtime.carriers.options import (
    Habits,
    NumberChange,
    NumberOptions,
    SimulatedOptions,
    check_sum,
    override,
)

T = TypeVar("T")


class Timeline(Generic[T]):
    """Values that hold one after another, the first since ever; O(log changes)."""

    __slots__ = ("_times", "_values")

    def __init__(self, steps: Iterable[tuple[float, T]]) -> None:
        pairs = list(steps)
        self._times = [at for at, _ in pairs]
        self._values = [value for _, value in pairs]

    def __iter__(self) -> Iterator[T]:
        return iter(self._values)

    def at(self, seconds: float) -> T:
        """Give what holds `seconds` after the start."""
        values = self._values
        return values[0] if len(values) == 1 else values[bisect_right(self._times, seconds) - 1]


class Condition(msgspec.Struct, frozen=True):
    """How a connection does at a time."""

    away: bool
    real_limit: int | None
    lose_events: float
    late_events: float
    duplicate_events: float

    @property
    def faithful(self) -> bool:
        """Whether every event is reported once and in time."""
        return not (self.lose_events or self.late_events or self.duplicate_events)


def habits_over_time(options: SimulatedOptions, number: NumberOptions | None = None) -> Timeline[Habits]:
    """Give the habits that calls from a number meet, by time.

    Laid over each other: the connection's options, its changes so far, the
    number's, the number's changes so far. Raises BadOption where the rates
    of a number add up to more than 1.
    """
    number = number or NumberOptions()
    lines = sorted(options.changes, key=_when)
    own = sorted(enumerate(number.changes), key=lambda placed: placed[1].at)
    starts = sorted({-math.inf, *(change.at for change in lines), *(change.at for _, change in own)})
    return Timeline([(start, _habits_at(start, options, lines, number, own)) for start in starts])


def _habits_at(
    start: float,
    options: SimulatedOptions,
    lines: Iterable[NumberChange],
    number: NumberOptions,
    own: Iterable[tuple[int, NumberChange]],
) -> Habits:
    habits: Habits = options
    for change in lines:
        if change.at <= start:
            habits = override(habits, change)
    habits = override(habits, number)
    place = ""
    for index, change in own:
        if change.at <= start:
            habits = override(habits, change)
            place = f"changes[{index}]."
    check_sum(habits, place)
    return habits


def condition_over_time(options: SimulatedOptions) -> Timeline[Condition]:
    """Give how a connection does, by time; outages may overlap."""
    changes = sorted(options.changes, key=_when)
    outages = [(change.at, change.at + change.outage) for change in changes if change.outage is not None]
    starts = {-math.inf, *(change.at for change in changes), *(end for _, end in outages)}
    steps = []
    for start in sorted(starts):
        condition = Condition(
            away=any(begin <= start < end for begin, end in outages),
            real_limit=options.real_limit,
            lose_events=options.lose_events,
            late_events=options.late_events,
            duplicate_events=options.duplicate_events,
        )
        for change in changes:
            if change.at <= start:
                given = {
                    name: value
                    for name in ("real_limit", "lose_events", "late_events", "duplicate_events")
                    if (value := getattr(change, name)) is not None
                }
                condition = msgspec.structs.replace(condition, **given)
        steps.append((start, condition))
    return Timeline(steps)


def check_number(options: SimulatedOptions, number: NumberOptions) -> None:
    """Raise BadOption if a number's options can't stand over its connection's."""
    habits_over_time(options, number)


def _when(change: NumberChange) -> float:
    return change.at
