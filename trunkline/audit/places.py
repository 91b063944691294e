"""Where phone numbers are at home, as libphonenumber and the tz database say."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

BUCKET_SECONDS = 900
"""UTC offsets change on quarter hours only."""

NORTH_AMERICA = 1


class Place(NamedTuple):
    """A number's region (None: nobody's) and its timezones (none: unknown)."""

    region: str | None
    zones: tuple[str, ...]


NOWHERE = Place(None, ())


def place_of(e164: str) -> Place:
    """Place a number that is written in E.164."""
    number = _number(e164)
    if number is None:
        return NOWHERE
    zones = tuple(zone for zone in time_zones_for_number(number) if zone != UNKNOWN_TIMEZONE)
    return Place(phonenumbers.region_code_for_number(number), zones)


def area_of(e164: str) -> str | None:
    """Name a number's area: its area code in North America, elsewhere what libphonenumber says."""
    number = _number(e164)
    if number is None:
        return None
    if number.country_code == NORTH_AMERICA:
        return f"1-{str(number.national_number)[:3]}"
    code, kind = number.country_code or 0, phonenumbers.number_type(number)
    if not phonenumbers.is_number_type_geographical(kind, code):
        return None
    from phonenumbers import geocoder  # 100 MiB, for those who match areas only

    description = geocoder.description_for_valid_number(number, "en")
    if not description or description == geocoder.country_name_for_number(number, "en"):
        return None
    return f"{number.country_code}-{description}"


def distance(zones: tuple[str, ...], others: tuple[str, ...], at: float) -> float | None:
    """Give the hours between two places at an instant; None where one is unknown.

    The smallest difference of UTC offset between any zone of each.
    """
    bucket = int(at // BUCKET_SECONDS)
    ours = {offset for zone in zones if (offset := offset_hours(zone, bucket)) is not None}
    theirs = {offset for zone in others if (offset := offset_hours(zone, bucket)) is not None}
    return min((abs(one - other) for one in ours for other in theirs), default=None)


@lru_cache(maxsize=16_384)
def offset_hours(zone: str, bucket: int) -> float | None:
    """Give a zone's offset from UTC in a quarter hour; None where there is no such zone."""
    known = find_zone(zone)
    if known is None:
        return None
    offset = datetime.fromtimestamp(bucket * BUCKET_SECONDS, known).utcoffset()
    return None if offset is None else offset.total_seconds() / 3600.0


@lru_cache(maxsize=2048)
def find_zone(name: str) -> ZoneInfo | None:
    """Look a timezone up by its name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _number(e164: str) -> PhoneNumber | None:
    """Take an E.164 number apart; libphonenumber's own parser takes ten times as long."""
    digits = e164[1:]
    if not (digits.isascii() and digits.isdecimal()):
        return None
    for length in (1, 2, 3):
        code = digits[:length]
        if not code.startswith("0") and int(code) in COUNTRY_CODE_TO_REGION_CODE:
            national = digits[length:]
            zeros = len(national) - len(national.lstrip("0"))
            if not national.strip("0"):
                return None
            return PhoneNumber(
                country_code=int(code),
                national_number=int(national),
                italian_leading_zero=True if zeros else None,
                number_of_leading_zeros=zeros if zeros > 1 else None,
            )
    return None


class Places:
    """Compare what a log says of a number's place with what libphonenumber says.

    That takes 0.1 ms a number. So each combination of a number's first
    digits, its length and a place is looked up once, and one in thirty-two
    of the others.
    """

    def __init__(self) -> None:
        self._right: set[tuple[str, int, str | None, tuple[str, ...]]] = set()
        self._turn = 0

    def right(self, e164: str, region: str | None, zones: tuple[str, ...]) -> Place | None:
        """Return None where region and zones are right, else the right ones."""
        key = (e164[:6], len(e164), region, zones)
        self._turn += 1
        if key in self._right and self._turn % 32:
            return None
        place = place_of(e164)
        if place.region == region and place.zones == zones:
            self._right.add(key)
            return None
        return place
