"""Know a campaign's numbers: where each is from, which connection carries it, which are out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actors.pool.geography import place_of
from runtime.calls import E164

GONE = ("spam", "paused", "removed")


class Roster:
    """The numbers of a campaign's pool, as its events tell."""

    __slots__ = ("connections", "out", "regions")

    def __init__(self) -> None:
        self.regions: dict[E164, str | None] = {}
        self.connections: dict[E164, str] = {}
        """Which connection carries a number."""
        self.out: dict[E164, None] = {}
        """Which numbers may not be dialed from."""

    def begin(self, numbers: Sequence[Mapping[str, Any]]) -> None:
        """Take in the rows of `campaign.started`."""
        for row in numbers:
            number = E164(row["number"])
            self.regions[number] = row["region"] if "region" in row else place_of(number).region
            self.connections[number] = row["connection"]
            if row["status"] in GONE:
                self.out[number] = None

    def on(self, connection: str) -> list[E164]:
        """List the numbers of a connection, also those that are out."""
        return [number for number, its in self.connections.items() if its == connection]

    def active_on(self, connection: str) -> int:
        """Count the numbers of a connection that may be dialed from."""
        return sum(1 for number in self.on(connection) if number not in self.out)

    @property
    def covered(self) -> frozenset[str]:
        """Give the countries that a number is from which may be dialed from."""
        return frozenset(
            region for number, region in self.regions.items() if region is not None and number not in self.out
        )
