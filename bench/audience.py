"""People to call and numbers to call them from: valid, distinct, in six countries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runtime.calls import E164

CONTACTS = ("+1212{:07d}", "+447400{:06d}", "+49151{:08d}", "+336{:08d}", "+55119{:08d}", "+39320{:07d}")
CALLER_IDS = ("+1415{:07d}", "+442071{:06d}", "+4930{:08d}", "+331{:08d}", "+55113{:07d}", "+3906{:08d}")
"""By country, how a number is written; none of these is both."""

FIRST = (2_000_000, 0, 10_000_000, 10_000_000, 60_000_000, 1_000_000)
FIRST_CALLER_ID = (2_000_000, 830_000, 20_000_000, 40_000_000, 2_000_000, 60_000_000)
MOST = 6_000_000


def phones(count: int) -> Iterator[E164]:
    """Give the first people to call, the countries in turn."""
    assert count <= MOST, f"there are {MOST:,} of them"
    for index in range(count):
        country, one = index % len(CONTACTS), index // len(CONTACTS)
        yield E164(CONTACTS[country].format(FIRST[country] + one))


def caller_ids(count: int) -> list[E164]:
    """Give the first numbers to call from, the countries in turn."""
    return [
        E164(CALLER_IDS[country].format(FIRST_CALLER_ID[country] + one))
        for one, country in (divmod(index, len(CALLER_IDS)) for index in range(count))
    ]


def write_contacts(path: Path, count: int) -> None:
    """Write a contacts file of so many people."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,phone,name\n")
        file.writelines(f"c{row},{phone},Ada\n" for row, phone in enumerate(phones(count)))
