"""Tell whom a contacts file reaches, and how well a pool of numbers matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from actors.pool.geography import Place, offset_distance
from actors.pool.numbering import WORLD
from trunkline.contacts.reasons import Reason
from trunkline.contacts.rows import ContactRow, Row

Key = TypeVar("Key", bound=str)

NOWHERE = "unknown"
"""What stands for the country of a number that belongs to none."""


class AudienceReport(msgspec.Struct, frozen=True):
    """What a contacts file holds; counts, the greatest first.

    `country_match`, `timezone_match` and `no_match` count contacts, each in
    the first that applies, and `uncovered` those without a country match by
    country. Shares are of all contacts, 0 to 1; 0 where there is none.
    """

    rows: int
    contacts: int
    rejected: int
    by_country: Mapping[str, int]
    by_reason: Mapping[Reason, int]
    country_match: int
    timezone_match: int
    no_match: int
    uncovered: Mapping[str, int]
    examples: Mapping[Reason, str]

    def share(self, contacts: int) -> float:
        return contacts / self.contacts if self.contacts else 0.0


class Audience:
    """Counts rows as they come, by country and reason.

    `numbers` are the places of the pool's numbers that can be dialed from,
    `nearby_hours` the campaign's. Contacts of one country and the same zones
    are counted together, so memory doesn't grow with the file.
    """

    def __init__(self, numbers: Iterable[Place], *, nearby_hours: float = 2.0) -> None:
        self._numbers = tuple(numbers)
        self._nearby_hours = nearby_hours
        self._places: Counter[tuple[str | None, tuple[str, ...]]] = Counter()
        self._reasons: Counter[Reason] = Counter()
        self._examples: dict[Reason, str] = {}

    def add(self, row: Row) -> None:
        if isinstance(row, ContactRow):
            self._places[row.region, row.zones] += 1
        else:
            self._reasons[row.reason] += 1
            self._examples.setdefault(row.reason, f"row {row.row}: {row.detail}")

    def report(self, at: float) -> AudienceReport:
        """Sum up, with the UTC offsets of an instant (seconds since the epoch)."""
        countries: Counter[str] = Counter()
        uncovered: Counter[str] = Counter()
        country = timezone = neither = 0
        for (region, zones), count in self._places.items():
            name = NOWHERE if region is None or region == WORLD else region
            countries[name] += count
            if name != NOWHERE and any(place.region == region for place in self._numbers):
                country += count
                continue
            uncovered[name] += count
            if name != NOWHERE and _is_nearby(zones, self._numbers, self._nearby_hours, at):
                timezone += count
            else:
                neither += count
        contacts, rejected = countries.total(), self._reasons.total()
        return AudienceReport(
            rows=contacts + rejected,
            contacts=contacts,
            rejected=rejected,
            by_country=_greatest_first(countries),
            by_reason=_greatest_first(self._reasons),
            country_match=country,
            timezone_match=timezone,
            no_match=neither,
            uncovered=_greatest_first(uncovered),
            examples=dict(self._examples),
        )


def _is_nearby(zones: tuple[str, ...], numbers: Sequence[Place], nearby_hours: float, at: float) -> bool:
    distances = (offset_distance(zones, place.zones, at) for place in numbers)
    return any(distance is not None and distance <= nearby_hours for distance in distances)


def _greatest_first(counts: Counter[Key]) -> dict[Key, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))))
