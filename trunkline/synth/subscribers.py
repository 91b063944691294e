"""Phone numbers of a region that somebody could have, each once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from phonenumbers import PhoneMetadata, PhoneNumberType

from actors.pool.numbering import read_international
from runtime.calls import E164
from trunkline.synth.language import Numbers
from trunkline.synth.permutation import Permutation

_CALLABLE = frozenset(
    (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
)
_FRUITLESS_TRIES = 5000
"""So many numbers in a row that are nobody's, and the range is taken to have no other."""

_NORTH_AMERICA = "1"
# In the place of an exchange 976 was for premium services, and N11 are short codes such as 911.
_SPECIAL_EXCHANGES = frozenset(("976", *(f"{first}11" for first in range(2, 10))))


class OutOfNumbers(ValueError):
    """A region has not so many fixed and mobile numbers."""

    def __init__(self, region: str, drawn: int) -> None:
        self.region = region
        self.drawn = drawn
        super().__init__(f"{region} has no more than {drawn:,} fixed and mobile numbers of the usual length")


class Subscribers:
    """Iterates over fixed and mobile numbers of a region, in a drawn order.

    Half and half while there are both, of the lengths that libphonenumber's
    examples have. Each is valid, of that region and neither premium, nor
    shared-cost, nor begins with an emergency number. Memory is constant: a number is
    worked out from its place in a permutation. `drawn` counts them. Raises
    OutOfNumbers at the end instead of StopIteration.
    """

    def __init__(self, region: str, random: Random) -> None:
        metadata = PhoneMetadata.metadata_for_region(region, None)
        if metadata is None:
            raise ValueError(f"no region is called {region!r}")
        self.region = region
        self.drawn = 0
        self._code = str(metadata.country_code)
        self._random = random
        self._begins_an_emergency_call = re.compile(_emergency_pattern(region)).match
        self._ranges = [
            (numbers, iter(Permutation(len(numbers), random)))
            for numbers in _ranges(metadata)
            if len(numbers)
        ]

    def __iter__(self) -> Iterator[E164]:
        return self

    def __next__(self) -> E164:
        fruitless = 0
        while self._ranges:
            one = self._random.randrange(len(self._ranges)) if len(self._ranges) > 1 else 0
            numbers, places = self._ranges[one]
            place = next(places, None)
            if place is None or fruitless > _FRUITLESS_TRIES:
                fruitless = 0
                del self._ranges[one]
                continue
            national = numbers[place]
            if self._is_somebodys(national):
                self.drawn += 1
                return E164(f"+{self._code}{national}")
            fruitless += 1
        raise OutOfNumbers(self.region, self.drawn)

    def _is_somebodys(self, national: str) -> bool:
        reading = read_international(self._code + national)
        return (
            reading is not None
            and reading.kind in _CALLABLE
            and reading.region == self.region
            and reading.national == national
            and not (self._code == _NORTH_AMERICA and national[3:6] in _SPECIAL_EXCHANGES)
            and self._begins_an_emergency_call(national) is None
        )


def _ranges(metadata: PhoneMetadata) -> Iterator[Numbers]:
    """List the region's fixed and its mobile numbers; none is in both."""
    fixed = None
    for description in (metadata.fixed_line, metadata.mobile):
        if description is None or not description.national_number_pattern or not description.example_number:
            continue
        pattern = description.national_number_pattern
        length = len(description.example_number)
        yield Numbers(pattern, length, leading=metadata.leading_digits, without=fixed)
        fixed = pattern


def _emergency_pattern(region: str) -> str:
    metadata = PhoneMetadata.short_metadata_for_region(region, None)
    if metadata is None or metadata.emergency is None:
        return "(?!)"
    return metadata.emergency.national_number_pattern or "(?!)"
