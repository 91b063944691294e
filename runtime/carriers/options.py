"""What can be set about the simulated carrier, and what is no sense.

All rates are shares of attempts unless said otherwise; seconds throughout.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import msgspec

OUTCOME_RATES = (
    "answer_rate",
    "voicemail_rate",
    "busy_rate",
    "reject_rate",
    "failure_rate",
    "blocked_rate",
    "unallocated_rate",
)
EVENT_RATES = ("lose_events", "late_events", "duplicate_events")
_RATES = frozenset((*OUTCOME_RATES, *EVENT_RATES, "callback_rate"))
_ROUNDING = 1e-9
_LONGEST = 1e9


class BadOption(ValueError):
    """An option of the simulated carrier that can't be.

    `option` is where it stands, e.g. "answer_rate" or "changes[1].at".
    """

    def __init__(self, option: str, reason: str) -> None:
        self.option = option
        self.reason = reason
        super().__init__(f"{option}: {reason}")


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How the people called take a call; what is left is no answer.

    `ring_seconds` and `talk_seconds` are means; `callback_rate` is the share
    of answered calls that end with the disposition "callback". Blocked calls
    are rejected by the network (cause "608"), unallocated ones reach nobody
    (cause "404"). `country_factors` multiply `answer_rate` by the region
    called, `hour_factors` (24) by the local hour there.
    """

    answer_rate: float = 0.3
    voicemail_rate: float = 0.25
    busy_rate: float = 0.05
    reject_rate: float = 0.02
    failure_rate: float = 0.01
    blocked_rate: float = 0.0
    unallocated_rate: float = 0.0
    ring_seconds: float = 12.0
    talk_seconds: float = 60.0
    callback_rate: float = 0.1
    country_factors: Mapping[str, float] | None = None
    hour_factors: tuple[float, ...] | None = None


HABITS: tuple[str, ...] = Habits.__struct_fields__


class Overrides(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the habits; None leaves one as it is."""

    answer_rate: float | None = None
    voicemail_rate: float | None = None
    busy_rate: float | None = None
    reject_rate: float | None = None
    failure_rate: float | None = None
    blocked_rate: float | None = None
    unallocated_rate: float | None = None
    ring_seconds: float | None = None
    talk_seconds: float | None = None
    callback_rate: float | None = None
    country_factors: Mapping[str, float] | None = None
    hour_factors: tuple[float, ...] | None = None


class NumberChange(Overrides, frozen=True, kw_only=True):
    """What is different about a number from `at` seconds after the start."""

    at: float


class Change(NumberChange, frozen=True, kw_only=True):
    """What is different about a connection from `at` seconds after the start.

    `outage` is how many seconds it is away from then on.
    """

    outage: float | None = None
    real_limit: int | None = None
    lose_events: float | None = None
    late_events: float | None = None
    duplicate_events: float | None = None


class Episode(Overrides, frozen=True, kw_only=True):
    """What is different for a time, whatever options and changes say.

    From `at` up to `until`, seconds after the start; about one `number`'s
    calls, or with None about all of the connection's. `away`, `real_limit` and
    the shares of events are the connection's in any case.
    """

    at: float
    until: float = math.inf
    number: str | None = None
    away: bool = False
    real_limit: int | None = None
    lose_events: float | None = None
    late_events: float | None = None
    duplicate_events: float | None = None

    def holds(self, seconds: float) -> bool:
        """Tell whether it is under way then."""
        return self.at <= seconds < self.until


class NumberOptions(Overrides, frozen=True, kw_only=True):
    """What is different about the calls from one number.

    They stand over the connection's options and over its changes; the
    number's own `changes` stand over both.
    """

    changes: tuple[NumberChange, ...] = ()

    def __post_init__(self) -> None:
        check_given(self)
        for place, change in _placed(self.changes):
            check_given(change, place)


class SimulatedOptions(Habits, frozen=True, kw_only=True):
    """The options of a simulated connection.

    `real_limit` is how many calls at once it really carries: one more meets
    congestion. `lose_events`, `late_events` and `duplicate_events` are shares
    of the events. `setup_ms` passes before a call rings and before a
    hang-up is done.
    """

    real_limit: int | None = None
    lose_events: float = 0.0
    late_events: float = 0.0
    duplicate_events: float = 0.0
    setup_ms: float = 40.0
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        check_given(self)
        check_sum(self)
        for place, change in _placed(self.changes):
            check_given(change, place)
        habits: Habits = self
        for place, change in sorted(_placed(self.changes), key=lambda placed: placed[1].at):
            habits = override(habits, change)
            check_sum(habits, place)


def override(habits: Habits, overrides: Overrides) -> Habits:
    """Lay what `overrides` gives over `habits`."""
    given = {name: getattr(overrides, name) for name in HABITS}
    kept = {name: getattr(habits, name) if value is None else value for name, value in given.items()}
    return Habits(**kept)


def check_given(options: msgspec.Struct, place: str = "") -> None:
    """Raise BadOption for a value that can't be by itself."""
    for name in options.__struct_fields__:
        value = getattr(options, name)
        if value is None or name == "changes":
            continue
        wrong = _what_is_wrong(name, value)
        if wrong is not None:
            raise BadOption(place + name, f"{value!r} {wrong}")
    if isinstance(options, NumberChange) and all(
        getattr(options, name) is None for name in options.__struct_fields__ if name != "at"
    ):
        raise BadOption(place.removesuffix("."), "names a time but nothing that changes then")


def check_sum(habits: Habits, place: str = "") -> None:
    """Raise BadOption if more than all calls would have an outcome.

    The error names the largest of the rates.
    """
    rates = {name: getattr(habits, name) for name in OUTCOME_RATES}
    total = sum(rates.values())
    if total > 1.0 + _ROUNDING:
        largest = max(rates, key=rates.__getitem__)
        terms = " + ".join(f"{name} {rate:g}" for name, rate in rates.items() if rate)
        raise BadOption(place + largest, f"{terms} = {total:g} of the attempts; the sum must be at most 1")


def _what_is_wrong(name: str, value: object) -> str | None:
    if name == "country_factors":
        return _wrong_factor(value.values()) if isinstance(value, Mapping) else "is no table of factors"
    if name == "hour_factors":
        if not isinstance(value, tuple) or len(value) != 24:
            return "must be 24 factors, one for each hour of the day"
        return _wrong_factor(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "is no number"
    if name in _RATES:
        return None if 0.0 <= value <= 1.0 else "is no rate; it must be from 0 to 1"
    if name in {"ring_seconds", "talk_seconds", "outage"}:
        return None if 0.0 < value <= _LONGEST else "must be more than 0 seconds, and at most 1e9"
    if name == "at":
        return None if 0.0 <= value <= _LONGEST else "must be 0 or more seconds, and at most 1e9"
    if name == "setup_ms":
        return None if 0.0 <= value <= _LONGEST else "must be 0 or more milliseconds, and at most 1e9"
    return None if isinstance(value, int) and value >= 0 else "must be a whole number of calls, 0 or more"


def _wrong_factor(factors: Iterable[object]) -> str | None:
    for factor in factors:
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0.0 <= factor <= 1.0:
            return f"has {factor!r}, which is no factor; it must be from 0 to 1"
    return None


def _placed(changes: tuple[Change, ...] | tuple[NumberChange, ...]) -> Iterator[tuple[str, NumberChange]]:
    for index, change in enumerate(changes):
        yield f"changes[{index}].", change
