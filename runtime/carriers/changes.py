"""What holds at which time: a connection's and a number's options, changes applied."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from runtime.calls import E164
from runtime.carriers.options import (
    Change,
    Episode,
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


def habits_over_time(
    options: SimulatedOptions, number: NumberOptions | None = None, episodes: Sequence[Episode] = ()
) -> Timeline[Habits]:
    """Give the habits that calls from a number meet, by time.

    Laid over each other: the connection's options, its changes so far, the
    number's, the number's changes so far, the episodes that are under way.
    Raises BadOption where the rates of a number add up to more than 1.
    """
    number = number or NumberOptions()
    lines = sorted(options.changes, key=_when)
    own = sorted(enumerate(number.changes), key=lambda placed: placed[1].at)
    starts = {-math.inf, *(change.at for change in lines), *(change.at for _, change in own)}
    starts.update(edge for episode in episodes for edge in (episode.at, episode.until))
    return Timeline(
        [(start, _habits_at(start, options, lines, number, own, episodes)) for start in sorted(starts)]
    )


def all_habits(
    options: SimulatedOptions, numbers: Mapping[E164, NumberOptions], episodes: Sequence[Episode] = ()
) -> tuple[Timeline[Habits], dict[E164, Timeline[Habits]]]:
    """Give the habits of a connection's calls, and those of the numbers that differ."""
    of_all = [episode for episode in episodes if episode.number is None]
    differing = dict.fromkeys([*numbers, *(E164(one.number) for one in episodes if one.number is not None)])
    return habits_over_time(options, None, of_all), {
        number: habits_over_time(
            options, numbers.get(number), [one for one in episodes if one.number in (None, number)]
        )
        for number in differing
    }


def _habits_at(
    start: float,
    options: SimulatedOptions,
    lines: Iterable[NumberChange],
    number: NumberOptions,
    own: Iterable[tuple[int, NumberChange]],
    episodes: Iterable[Episode],
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
    for episode in episodes:
        if episode.holds(start):
            habits = override(habits, episode)
    check_sum(habits, place)
    return habits


def condition_over_time(options: SimulatedOptions, episodes: Sequence[Episode] = ()) -> Timeline[Condition]:
    """Give how a connection does, by time; outages may overlap."""
    changes = sorted(options.changes, key=_when)
    outages = [(change.at, change.at + change.outage) for change in changes if change.outage is not None]
    outages += [(episode.at, episode.until) for episode in episodes if episode.away]
    starts = {-math.inf, *(change.at for change in changes), *(end for _, end in outages)}
    starts.update(edge for episode in episodes for edge in (episode.at, episode.until))
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
                condition = _changed(condition, change)
        for episode in episodes:
            if episode.holds(start):
                condition = _changed(condition, episode)
        steps.append((start, condition))
    return Timeline(steps)


def _changed(condition: Condition, by: Change | Episode) -> Condition:
    given = {
        name: value
        for name in ("real_limit", "lose_events", "late_events", "duplicate_events")
        if (value := getattr(by, name)) is not None
    }
    return msgspec.structs.replace(condition, **given)


def check_number(options: SimulatedOptions, number: NumberOptions) -> None:
    """Raise BadOption if a number's options can't stand over its connection's."""
    habits_over_time(options, number)


def _when(change: NumberChange) -> float:
    return change.at
