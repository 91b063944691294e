"""What must be remembered of each contact, in some fifty bytes each.

A hash table of eight-byte keys leads to columns of plain numbers. Two
contacts with one key would be taken for one: of a million contacts that
happens to one log in forty million.
"""

from __future__ import annotations

from array import array

NO_NUMBER = -1

REACHED = 1
"""A call of it was answered."""
FINISHED = 2
"""Its contact.finished has been seen."""
IN_CALL = 4
"""A call of it is in progress."""
FINAL = 8
"""No further attempt may follow."""
HUNG_UP = 16
"""Its last call was canceled, and that is final."""

_LEAST = 1024
_ALL_BITS = 0xFFFF_FFFF_FFFF_FFFF


class Contacts:
    """Every contact of a run that the log has named, by campaign and id.

    `flags`, `attempts` (counted ones), `faults` (calls that a carrier lost
    before they rang), `due` (when the next attempt may come, seconds since
    the epoch) and `sticky` (the number's index) are columns by row.
    """

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _LEAST))
        self._rows = array("I", bytes(4 * _LEAST))
        self.flags = bytearray()
        self.attempts = array("I")
        self.faults = array("I")
        self.due = array("d")
        self.sticky = array("i")

    def __len__(self) -> int:
        return len(self.flags)

    @property
    def bytes(self) -> int:
        """Count the bytes that its columns and its table take."""
        columns = (self._keys, self._rows, self.attempts, self.faults, self.due, self.sticky)
        return len(self.flags) + sum(len(column) * column.itemsize for column in columns)

    def row(self, campaign: str, contact: str) -> int:
        """Give a contact's row; it gets one when it is first asked for."""
        key = hash((campaign, contact)) & _ALL_BITS or 1
        keys = self._keys
        mask = len(keys) - 1
        place = key & mask
        while (found := keys[place]) != key:
            if not found:
                return self._add(key, place)
            place = (place + 1) & mask
        return self._rows[place]

    def _add(self, key: int, place: int) -> int:
        row = len(self.flags)
        self.flags.append(0)
        self.attempts.append(0)
        self.faults.append(0)
        self.due.append(0.0)
        self.sticky.append(NO_NUMBER)
        self._keys[place] = key
        self._rows[place] = row
        if 4 * len(self.flags) > 3 * len(self._keys):
            self._grow()
        return row

    def _grow(self) -> None:
        keys, rows = self._keys, self._rows
        size = 2 * len(keys)
        mask = size - 1
        wider, their_rows = array("Q", bytes(8 * size)), array("I", bytes(4 * size))
        for key, row in zip(keys, rows, strict=True):
            if key:
                place = key & mask
                while wider[place]:
                    place = (place + 1) & mask
                wider[place] = key
                their_rows[place] = row
        self._keys, self._rows = wider, their_rows
