"""Tell whether it is the hour of the day from which on fewer answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from actors.doctor.places import Place
from actors.doctor.streams import Stream

HALF_DAY_HOURS = 12
"""An evening's and its night's hours: while fewer answer in them, they are neither tested nor learnt from."""

EARLY_CALLS, LATE_CALLS = 30, 60
"""A drop that seems to begin so many calls before an hour's begin, or after it, may still be the hour's.

After it rather than before: one answer among an evening's first calls lets the sum begin anew.
"""

NEXT_COUNTRY_SECONDS = 3900.0
"""How long a drop that began with an hour waits for another country's coming to that hour."""

AHEAD, AHEAD_SECONDS = 0.5, 7200.0
"""By how much an hour must explain a drop better to wait for what others' calls in it say, and how long."""

KNOWN_HOUR = 14.0
"""Expected answers from which on another country's calls in an hour say how that hour is."""

AS_EXPECTED = 0.6
"""The share of what was expected from which on another country is answered as usual in an hour."""


def is_from(evening: int, hour: int | None) -> bool:
    """Tell whether an hour is one of the half day that begins with `evening`."""
    return hour is not None and (hour - evening) % 24 < HALF_DAY_HOURS


def half_day(evening: int, after: int = 0) -> list[int]:
    """List the hours of the half day that begins with `evening`, from `after` of them on."""
    return [(evening + later) % 24 for later in range(after, HALF_DAY_HOURS)]


def is_of_the_hour(
    hour: Stream,
    at: float,
    declining: Collection[str | int | None],
    places: Iterable[Place],
    *,
    ahead: bool,
) -> bool | None:
    """Tell whether a drop is an hour's rather than `declining` countries'; None to wait for more.

    It is if another country is answered less in that hour, too; where none
    has been heard in it, if the drop began as that hour did, once every
    country near has come to it. `ahead` says that it explains the drop better
    than a country does: others, too, are answered less in it so far.
    """
    expected = answered = 0.0
    began = at
    elsewhere = False
    for place in places:
        if not declining or place.region in declining:
            if place.hour == hour.name:
                began = min(began, place.began)
            continue
        elsewhere = elsewhere or at - place.last < NEXT_COUNTRY_SECONDS
        if place.hour == hour.name:
            expected += place.expected
            answered += place.answered
    if expected >= KNOWN_HOUR:
        return answered < AS_EXPECTED * expected
    since = hour.since
    seconds_a_call = (at - since) / max(1, hour.calls)
    if not -EARLY_CALLS * seconds_a_call <= since - began <= LATE_CALLS * seconds_a_call:
        return None if ahead and at - since < AHEAD_SECONDS else False
    if elsewhere and at - since < NEXT_COUNTRY_SECONDS:
        return None
    return True
