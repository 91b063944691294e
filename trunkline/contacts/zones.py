"""Which timezones a contact's calling hours are read in."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from actors.timezones import find_timezone

_NO_PLACES = ("localtime", "posixrules", "Factory")
_OTHER_CLOCKS = ("posix/", "right/")


def calling_zones(
    column: str | None, number_zones: tuple[str, ...], default_timezone: str | None
) -> tuple[str, ...]:
    """Choose the zones of a contact's calling hours; empty where none is known.

    The contact's own column, else all of its number's, else the campaign's
    default.
    """
    if column is not None:
        return (column,)
    if number_zones:
        return number_zones
    return () if default_timezone is None else (default_timezone,)


def known_timezone(name: str) -> str | None:
    """Find a name of the tz database, spelled as there; None if it is none.

    One object a zone is returned, however often its name was read. The files
    of a system's copy that are no zone of a place, such as "localtime" (this
    machine's own) and "right/…" (leap seconds), are none.
    """
    if name in _NO_PLACES or name.startswith(_OTHER_CLOCKS):
        return None
    zone = find_timezone(name)
    return None if zone is None else zone.key


def spelled_timezone(name: str) -> str | None:
    """Give the timezone that a name is with its case and spaces put right."""
    return _by_lower_case().get(name.strip().lower().replace(" ", "_"))


@cache
def _by_lower_case() -> dict[str, str]:
    return {zone.lower(): zone for zone in sorted(available_timezones())}
