"""A campaign's contacts in columns: some fifty bytes a contact, not an object."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from enum import IntEnum
from types import MappingProxyType

import msgspec

from actors.messages import ContactRecord, Index, Profile
from runtime.calls import E164
from runtime.contacts import NewContact

NO_STICKY = -1


class Standing(IntEnum):
    """Where a contact stands."""

    WAITING = 0
    ACTIVE = 1
    REACHED = 2
    EXHAUSTED = 3
    CANCELED = 4
    STALLED = 5
    AWAY = 6
    """Another daemon has it."""


_STANDINGS = tuple(Standing)
_RESULTS = tuple(standing.name.lower() for standing in Standing)
_STANDING_OF = {standing.name.lower(): standing for standing in Standing}


def result_of(standing: Standing) -> str:
    """Name where a contact stands, as the log does."""
    return _RESULTS[standing]


def standing_of(result: str) -> Standing:
    """Find the standing that is named so; KeyError for no such."""
    return _STANDING_OF[result]


class OtherColumns(Mapping[str, str]):
    """A contact's other columns, decoded when somebody looks at them."""

    __slots__ = ("_encoded", "_names")

    def __init__(self, names: tuple[str, ...], encoded: bytearray) -> None:
        self._names = names
        self._encoded = encoded

    def __repr__(self) -> str:
        return repr(self._columns())

    def __getitem__(self, name: str) -> str:
        return self._columns()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns())

    def __len__(self) -> int:
        return len(self._columns())

    def _columns(self) -> dict[str, str]:
        return dict(zip(self._names, msgspec.json.decode(self._encoded, type=list[str]), strict=True))


NO_COLUMNS: Mapping[str, str] = MappingProxyType({})


class Texts:
    """Strings in one buffer, found by index."""

    __slots__ = ("_buffer", "_ends")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ends = array("Q", (0,))

    def append(self, text: bytes) -> None:
        """Add a string."""
        self._buffer += text
        self._ends.append(len(self._buffer))

    def cut(self, count: int) -> None:
        """Keep the first `count` strings."""
        del self._ends[count + 1 :]
        del self._buffer[self._ends[-1] :]

    def at(self, index: int) -> bytearray:
        """Give a string."""
        ends = self._ends
        return self._buffer[ends[index] : ends[index + 1]]


class ContactBook:
    """Every contact of a campaign and how far it has come."""

    def __init__(self) -> None:
        self._ids = Texts()
        self._phones = array("Q")
        self._profile_of = array("I")
        self._profiles: list[Profile] = []
        self._profile_keys: dict[tuple[object, ...], int] = {}
        self._names_of = array("I")
        self._names: list[tuple[str, ...]] = []
        self._names_keys: dict[tuple[str, ...], int] = {}
        self._values = Texts()
        self._attempts = array("I")
        self._failures = array("I")
        self._standing = bytearray()
        self._reached = bytearray()
        self._sticky = array("i")
        self._numbers: list[E164] = []
        self._number_keys: dict[E164, int] = {}
        self._by_id: dict[str, Index] = {}

    def __len__(self) -> int:
        return len(self._phones)

    def add(self, row: NewContact) -> Index:
        """Take a contact in; returns its index."""
        index = Index(len(self._phones))
        self._ids.append(row.contact.encode("utf-8", "surrogatepass"))
        self._profile_of.append(self._profile_key(row))
        names = self._names_keys.get(row.names)
        if names is None:
            names = self._names_keys[row.names] = len(self._names)
            self._names.append(row.names)
        self._names_of.append(names)
        self._values.append(msgspec.json.encode(row.values) if row.values else b"")
        self._attempts.append(0)
        self._failures.append(0)
        self._standing.append(0)  # waiting
        self._reached.append(0)
        self._sticky.append(NO_STICKY)
        self._phones.append(int(row.to[1:]))  # last: now the contact is in the book
        return index

    def repair(self) -> None:
        """Cut off a contact that is half written."""
        count = len(self)
        for column in (self._profile_of, self._names_of, self._attempts, self._failures, self._sticky):
            del column[count:]
        del self._standing[count:]
        del self._reached[count:]
        self._ids.cut(count)
        self._values.cut(count)

    def _profile_key(self, row: NewContact) -> int:
        wanted = (row.region, row.zones, row.area, row.calling_zones)
        key = self._profile_keys.get(wanted)
        if key is None:
            key = self._profile_keys[wanted] = len(self._profiles)
            self._profiles.append(Profile(key, row.region, row.zones, row.area, row.calling_zones))
        return key

    def profile(self, index: Index) -> Profile:
        """Give what makes the contact wait for the same as others."""
        return self._profiles[self._profile_of[index]]

    def contact(self, index: Index) -> str:
        """Give the contact's id."""
        return self._ids.at(index).decode("utf-8", "surrogatepass")

    def phone(self, index: Index) -> E164:
        """Give the contact's phone number."""
        return E164(f"+{self._phones[index]}")

    def find(self, contact: str) -> Index | None:
        """Find a contact by its id; the first call after an addition is linear."""
        if len(self._by_id) != len(self._phones):
            for index in range(len(self._by_id), len(self._phones)):
                self._by_id[self.contact(Index(index))] = Index(index)
        return self._by_id.get(contact)

    def record(self, index: Index, excluded: tuple[E164, ...]) -> ContactRecord:
        """Give what the contact brings to its next attempt."""
        values, sticky = self._values.at(index), self._sticky[index]
        return ContactRecord(
            self.contact(index),
            self.phone(index),
            self._profiles[self._profile_of[index]],
            self._attempts[index],
            self._failures[index],
            None if sticky == NO_STICKY else self._numbers[sticky],
            self._reached[index] != 0,
            excluded,
            OtherColumns(self._names[self._names_of[index]], values) if values else NO_COLUMNS,
        )

    def restore(
        self, index: Index, attempts: int, failures: int, sticky: E164 | None, *, reached: bool
    ) -> None:
        """Put a contact back to what an earlier life knew of it."""
        self._attempts[index] = attempts
        self._failures[index] = failures
        self._reached[index] = reached
        self.set_sticky(index, sticky)

    def placed(self, index: Index, *, counted: bool) -> None:
        """Count a placed call, as an attempt or as a carrier failure."""
        if counted:
            self._attempts[index] += 1
        else:
            self._failures[index] += 1

    def calls(self, index: Index) -> int:
        """Count all placed calls of the contact."""
        return self._attempts[index] + self._failures[index]

    def attempts(self, index: Index) -> int:
        """Count the contact's attempts."""
        return self._attempts[index]

    def failures(self, index: Index) -> int:
        """Count the contact's calls that the carrier has failed."""
        return self._failures[index]

    def sticky(self, index: Index) -> E164 | None:
        """Give the number that the contact was first reached from."""
        key = self._sticky[index]
        return None if key == NO_STICKY else self._numbers[key]

    def set_sticky(self, index: Index, number: E164 | None) -> None:
        """Set or clear the contact's sticky number."""
        if number is None:
            self._sticky[index] = NO_STICKY
            return
        key = self._number_keys.get(number)
        if key is None:
            key = self._number_keys[number] = len(self._numbers)
            self._numbers.append(number)
        self._sticky[index] = key

    def reached(self, index: Index) -> bool:
        """Tell whether a call of the contact was answered."""
        return bool(self._reached[index])

    def mark_reached(self, index: Index) -> None:
        """Note that a call of the contact was answered."""
        self._reached[index] = 1

    def standing(self, index: Index) -> Standing:
        """Tell where the contact stands."""
        return _STANDINGS[self._standing[index]]

    def set_standing(self, index: Index, standing: Standing) -> None:
        """Move the contact on."""
        self._standing[index] = standing

    def count(self, standing: Standing) -> int:
        """Count the contacts that stand there."""
        return self._standing.count(standing)
