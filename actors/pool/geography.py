"""Place phone numbers: their region, timezones and area.

All of it is libphonenumber's knowledge. Its geocoder takes 100 MiB and is
loaded only when an area outside North America is asked for.
"""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec
import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.phonenumberutil import is_number_type_geographical
from phonenumbers.timezone import UNKNOWN_TIMEZONE
from phonenumbers.tzdata import TIMEZONE_DATA

from actors.pool.numbering import Reading, read_international
from actors.timezones import BUCKET_SECONDS, utc_offset_hours

NORTH_AMERICA = "1"
"""The calling code whose numbers begin with an area code of three digits."""


class Place(msgspec.Struct, frozen=True):
    """Where a phone number is at home.

    `region` is libphonenumber's ("US", "GG", "001" for calling codes of no
    country; None where the number is nobody's). `zones` are all timezones
    that it may be in, none if unknown. `area` is "1-415" in North America,
    elsewhere calling code and description ("44-London"); None where there is
    none or it wasn't asked for.
    """

    region: str | None
    zones: tuple[str, ...] = ()
    area: str | None = None


NOWHERE = Place(None)


def place_of(e164: str, with_area: bool = False) -> Place:
    """Place a number that is written in E.164."""
    reading = read_international(e164[1:])
    return NOWHERE if reading is None else place_of_reading(reading, with_area)


def place_of_reading(reading: Reading, with_area: bool = False) -> Place:
    """Place a number that has been read already.

    Equal places are one object: a million contacts share a few thousand.
    """
    return _place(reading.region, _zones_of(reading), _area_of(reading) if with_area else None)


def offset_distance(zones: tuple[str, ...], others: tuple[str, ...], at: float) -> float | None:
    """Give the hours between two places at an instant, daylight saving included.

    The smallest difference of UTC offset between any zone of the one and any
    of the other, to the quarter hour of `at` (seconds since the epoch). None
    where one side has no zone that is known.
    """
    bucket = int(at // BUCKET_SECONDS)
    ours, theirs = _offsets(zones, bucket), _offsets(others, bucket)
    return min((abs(one - other) for one in ours for other in theirs), default=None)


@lru_cache(maxsize=16_384)
def _offsets(zones: tuple[str, ...], bucket: int) -> tuple[float, ...]:
    known = (utc_offset_hours(zone, bucket * BUCKET_SECONDS) for zone in zones)
    return tuple(sorted({offset for offset in known if offset is not None}))


@cache
def _place(region: str | None, zones: tuple[str, ...], area: str | None) -> Place:
    return Place(region, zones, area)


def _zones_of(reading: Reading) -> tuple[str, ...]:
    code = reading.calling_code
    if reading.kind == PhoneNumberType.UNKNOWN:
        return ()
    if _is_geographic(code, reading.kind):
        digits = code + reading.national
        for length in _prefix_lengths(code):
            zones = _ZONES.get(digits[:length])
            if zones is not None:
                return zones
    return _ZONES.get(code, ())


@cache
def _is_geographic(calling_code: str, kind: int) -> bool:
    return is_number_type_geographical(kind, int(calling_code))


@cache
def _prefix_lengths(calling_code: str) -> tuple[int, ...]:
    """List the lengths of a calling code's prefixes in the zone data, longest first."""
    return tuple(sorted({len(prefix) for prefix in _ZONES if prefix.startswith(calling_code)}, reverse=True))


_ZONES: dict[str, tuple[str, ...]] = {
    prefix: tuple(zone for zone in zones if zone != UNKNOWN_TIMEZONE)
    for prefix, zones in TIMEZONE_DATA.items()
}


def _area_of(reading: Reading) -> str | None:
    if reading.calling_code == NORTH_AMERICA:
        return f"{NORTH_AMERICA}-{reading.national[:3]}"
    if not _is_geographic(reading.calling_code, reading.kind):
        return None
    from phonenumbers import geocoder

    number = phonenumbers.parse(reading.e164)
    description = geocoder.description_for_valid_number(number, "en")
    if not description or description == geocoder.country_name_for_number(number, "en"):
        return None
    return f"{reading.calling_code}-{description}"
