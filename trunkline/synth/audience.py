"""The people of a synthetic audience, one after another at constant memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import NamedTuple, TextIO

from runtime.calls import E164
from trunkline.synth.options import SynthOptions
from trunkline.synth.subscribers import Subscribers

COLUMNS = ("id", "phone", "country")


class Person(NamedTuple):
    """One row of the contacts file."""

    id: str
    phone: E164
    country: str


class Plan:
    """Who takes which numbers of a country: the pool first, people after it.

    So no person has a number that calls are made from. `pool` are the pool's
    numbers by country.
    """

    def __init__(self, options: SynthOptions) -> None:
        self._options = options
        self._numbers = {
            country: Subscribers(country, Random(f"{options.seed}/numbers/{country}"))
            for country in options.countries
        }
        self.pool: dict[str, list[E164]] = {
            country: [next(numbers) for _ in range(options.numbers)]
            for country, numbers in self._numbers.items()
        }

    def people(self) -> Iterator[Person]:
        """Yield everybody, countries mixed; raises OutOfNumbers."""
        options = self._options
        left = apportion(options.contacts, options.countries)
        random = Random(f"{options.seed}/countries")
        for row in range(options.contacts):
            country = _draw(left, options.contacts - row, random)
            left[country] -= 1
            yield Person(f"c{row + 1}", next(self._numbers[country]), country)


def people(options: SynthOptions) -> Iterator[Person]:
    """Yield the people of a synthetic audience; raises OutOfNumbers."""
    return Plan(options).people()


def write_people(file: TextIO, rows: Iterable[Person]) -> None:
    """Write a contacts file."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def apportion(count: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Split a count by shares, exactly: the largest remainders are rounded up."""
    whole = sum(shares.values())
    exact = {name: count * share / whole for name, share in shares.items()}
    parts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(shares, key=lambda name: (parts[name] - exact[name], name))
    for name in by_remainder[: count - sum(parts.values())]:
        parts[name] += 1
    return parts


def _draw(left: Mapping[str, int], total: int, random: Random) -> str:
    """Draw a country by how many people it still has, as from a shuffled list."""
    place = random.randrange(total)
    for country, count in left.items():
        if place < count:
            return country
        place -= count
    raise AssertionError("the countries have as many people as there are rows")
