"""Who waits in a campaign, for which numbers, and who is next.

Contacts that wait for the same things form a class; a class stands in the
lane of every group that may serve it. Rows of a class are in order: due
callbacks, due retries by due time, fresh contacts in file order. A lane that
can't be served leaves the ready list and comes back when it is woken, so the
next row is found in logarithmic time however many classes wait.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from typing import TypeAlias

import msgspec

from actors.messages import Index, Kind, Profile
from actors.pool.cells import Group, Tier
from actors.pool.inventory import PooledConnection, PooledNumber

Key: TypeAlias = tuple[float, int]
"""A row's place in its kind: due time (0 for fresh ones), contact index."""

ClassKey: TypeAlias = tuple[int, str | None, tuple[str, ...], str | None]
KINDS = (Kind.CALLBACK, Kind.RETRY, Kind.FRESH)
_CALLBACK, _RETRY, _FRESH = KINDS  # Python 3.11 searches for an enum's member at every use
_FRESH_FIRST = (_FRESH, _CALLBACK, _RETRY)


class Lane:
    """The classes that one group, or one connection's stickies, may serve."""

    __slots__ = ("connection", "group", "heads", "listed", "ready", "room", "serial")

    def __init__(self, room: WaitingRoom, group: Group | None, connection: PooledConnection | None) -> None:
        self.room = room
        self.serial = room.next_serial()
        self.group = group
        self.connection = connection
        self.heads: tuple[list[tuple[Key, int, WaitingClass]], ...] = ([], [], [])
        self.listed: tuple[dict[WaitingClass, Key], ...] = ({}, {}, {})
        self.ready: list[Key | None] = [None, None, None]

    def wake(self) -> None:
        """Let those who wait here be looked at again, unless they are listed."""
        callbacks, retries, fresh = self.heads
        ready = self.ready
        if callbacks and ready[0] is None:
            self.room.list_ready(self, _CALLBACK)
        if retries and ready[1] is None:
            self.room.list_ready(self, _RETRY)
        if fresh and ready[2] is None:
            self.room.list_ready(self, _FRESH)

    def servable(self) -> bool:
        """Tell whether a number of it has a free slot right now."""
        if self.group is not None:
            return self.group.refresh().count > 0
        return self.connection is not None and self.connection.has_room()

    def head(self, kind: Kind) -> tuple[Key, WaitingClass] | None:
        """Find its first row of a kind that could be served."""
        heap = self.heads[kind]
        listed = self.listed[kind]
        while heap:
            key, serial, waiting = heap[0]
            if listed.get(waiting) != key:
                heappop(heap)
                continue
            actual = waiting.head(kind)
            if actual is None or waiting.closed or self not in waiting.lanes or not waiting.allowed(self):
                heappop(heap)
                del listed[waiting]
                continue
            if actual != key:
                entry = (actual, serial, waiting)
                listed[waiting] = actual
                heapreplace(heap, entry)
                if heap[0] is not entry:
                    continue
            return actual, waiting
        return None


class WaitingClass:
    """Contacts that wait for the same numbers, in their order."""

    __slots__ = (
        "_due",
        "_fresh",
        "_fresh_head",
        "_returned",
        "closed",
        "excluded",
        "key",
        "lanes",
        "pinned",
        "profile",
        "serial",
        "sticky",
    )

    def __init__(
        self,
        serial: int,
        key: ClassKey,
        profile: Profile,
        sticky: PooledNumber | None,
        excluded: tuple[PooledNumber, ...],
        pinned: Tier | None,
    ) -> None:
        self.serial = serial
        self.key = key
        self.profile = profile
        self.sticky = sticky
        self.excluded = excluded
        self.pinned = pinned
        self.lanes: tuple[Lane, ...] = ()
        self.closed = False
        """Whether calling hours keep it from being served."""
        self._due: tuple[list[Key], list[Key]] = ([], [])
        self._fresh = array("I")
        self._fresh_head = 0
        self._returned: list[Key] = []

    def __len__(self) -> int:
        return (
            len(self._due[0]) + len(self._due[1]) + len(self._fresh) - self._fresh_head + len(self._returned)
        )

    def __bool__(self) -> bool:
        return (
            self._fresh_head < len(self._fresh) or bool(self._due[0] or self._due[1]) or bool(self._returned)
        )

    def count(self, kind: Kind) -> int:
        """Count the rows of a kind."""
        if kind is _FRESH:
            return len(self._fresh) - self._fresh_head + len(self._returned)
        return len(self._due[kind])

    def indexes(self) -> Iterator[tuple[Kind, Index]]:
        """List every contact that waits here."""
        for kind in (_CALLBACK, _RETRY):
            for _, index in sorted(self._due[kind]):
                yield kind, Index(index)
        for _, index in sorted(self._returned):
            yield _FRESH, Index(index)
        for index in self._fresh[self._fresh_head :]:
            yield _FRESH, Index(index)

    def rows(self) -> Iterator[tuple[Kind, Key]]:
        """List every row, in no order."""
        for kind in (Kind.CALLBACK, Kind.RETRY):
            for key in self._due[kind]:
                yield kind, key
        for key in self._returned:
            yield Kind.FRESH, key
        for index in self._fresh[self._fresh_head :]:
            yield Kind.FRESH, (0.0, index)

    def head(self, kind: Kind) -> Key | None:
        """Give the key of the first row of a kind."""
        if kind is not _FRESH:
            rows = self._due[kind]
            return rows[0] if rows else None
        fresh, taken, returned = self._fresh, self._fresh_head, self._returned
        if taken == len(fresh):
            return returned[0] if returned else None
        key = (0.0, fresh[taken])
        return returned[0] if returned and returned[0] < key else key

    def append_fresh(self, index: Index) -> bool:
        """Add a fresh contact behind all that came before it; tell whether it is the first."""
        fresh = self._fresh
        fresh.append(index)
        return len(fresh) - self._fresh_head == 1 and not self._returned

    def put(self, kind: Kind, key: Key) -> None:
        """Add a row at its place."""
        heappush(self._returned if kind is _FRESH else self._due[kind], key)

    def pop(self, kind: Kind) -> Key:
        """Take the first row of a kind."""
        if kind is not _FRESH:
            return heappop(self._due[kind])
        returned, fresh, taken = self._returned, self._fresh, self._fresh_head
        if returned and (taken == len(fresh) or returned[0] < (0.0, fresh[taken])):
            return heappop(returned)
        key = (0.0, fresh[taken])
        taken = self._fresh_head = taken + 1
        if taken > 4096 and taken * 2 > len(fresh):
            del fresh[:taken]
            self._fresh_head = 0
        return key

    def drop(self, gone: Container[int]) -> None:
        """Take these contacts' rows out."""
        for rows in (*self._due, self._returned):
            rows[:] = [key for key in rows if key[1] not in gone]
            heapify(rows)
        self._fresh = array("I", (index for index in self._fresh[self._fresh_head :] if index not in gone))
        self._fresh_head = 0

    def allowed(self, lane: Lane) -> bool:
        """Tell whether the lane has a free number that this class may use."""
        group = lane.group
        if group is None:
            return self.sticky is not None and self.sticky.free()
        if not self.excluded:
            return True
        return any(number not in self.excluded for number in group.free_numbers())


class Row(msgspec.Struct, frozen=True, gc=False):
    """A contact that is next, and the lane that serves it."""

    kind: Kind
    key: Key
    waiting: WaitingClass
    lane: Lane


class WaitingRoom:
    """The waiting contacts of one campaign."""

    def __init__(self) -> None:
        self.classes: dict[ClassKey, WaitingClass] = {}
        self.future: list[tuple[float, int, Kind, ClassKey]] = []
        """Retries that are not due yet: due time, contact, kind, class."""
        self.since_fresh = 0
        self._ready: tuple[list[tuple[Key, int, Lane]], ...] = ([], [], [])
        self._serials = 0
        self._keys: dict[ClassKey, ClassKey] = {}

    def __len__(self) -> int:
        return sum(len(waiting) for waiting in self.classes.values()) + len(self.future)

    @property
    def has_rows(self) -> bool:
        """Tell whether anybody waits, due or not."""
        return bool(self.future) or any(self.classes.values())

    @property
    def has_due(self) -> bool:
        """Tell whether anybody waits for capacity inside its calling hours."""
        return any(bool(waiting) and not waiting.closed for waiting in self.classes.values())

    def next_serial(self) -> int:
        """Number a class or a lane; ties between them follow this."""
        self._serials += 1
        return self._serials

    def wait_until(self, due: float, contact: Index, kind: Kind, key: ClassKey) -> None:
        """Add a retry that is not due yet."""
        # Equal keys are one object: a million retries share those of a few thousand classes.
        key = self._keys.setdefault(key, key)
        heappush(self.future, (due, contact, kind, key))

    def put(self, waiting: WaitingClass, kind: Kind, key: Key) -> None:
        """Put a contact at its place in its class."""
        waiting.put(kind, key)
        if waiting.head(kind) == key:
            self.announce(waiting, kind)

    def append_fresh(self, waiting: WaitingClass, index: Index) -> None:
        """Add a fresh contact at the end of its class."""
        if waiting.append_fresh(index):
            self.announce(waiting, _FRESH)

    def announce(self, waiting: WaitingClass, kind: Kind) -> None:
        """Let every lane of the class know its first row of a kind."""
        key = waiting.head(kind)
        if key is None or waiting.closed:
            return
        for lane in waiting.lanes:
            if lane.listed[kind].get(waiting) != key:
                lane.listed[kind][waiting] = key
                heappush(lane.heads[kind], (key, waiting.serial, waiting))
            self.list_ready(lane, kind)

    def announce_all(self, waiting: WaitingClass) -> None:
        """Let every lane of the class know its first rows."""
        for kind in KINDS:
            self.announce(waiting, kind)

    def next_row(self) -> Row | None:
        """Find who is next among those that can be served now.

        Callbacks first, then other retries by due time, then fresh ones in
        file order; but after three that weren't fresh a fresh one, if one can
        be served.
        """
        for kind in _FRESH_FIRST if self.since_fresh >= 3 else KINDS:
            ready = self._ready[kind]
            if ready:
                row = self._next_of(kind, ready)
                if row is not None:
                    return row
        return None

    def take(self, row: Row) -> None:
        """Take the row out."""
        row.waiting.pop(row.kind)
        self.since_fresh = 0 if row.kind is _FRESH else self.since_fresh + 1

    def drop(self, gone: Container[int]) -> None:
        """Take contacts out, wherever they wait; lanes that were promised them see for themselves."""
        for waiting in self.classes.values():
            waiting.drop(gone)
            self.announce_all(waiting)
        self.future = [row for row in self.future if row[1] not in gone]
        heapify(self.future)

    def clear(self) -> None:
        """Forget everybody."""
        self.classes.clear()
        self.future.clear()
        self._ready = ([], [], [])

    def list_ready(self, lane: Lane, kind: Kind) -> None:
        """Put a lane on the ready list by its first row of a kind, if it has one."""
        head = lane.head(kind)
        if head is None:
            return
        key = head[0]
        if lane.ready[kind] != key:
            lane.ready[kind] = key
            heappush(self._ready[kind], (key, lane.serial, lane))

    def _next_of(self, kind: Kind, ready: list[tuple[Key, int, Lane]]) -> Row | None:
        while ready:
            key, serial, lane = ready[0]
            if lane.ready[kind] != key:
                heappop(ready)
                continue
            head = lane.head(kind)
            if head is not None and head[0] != key:
                key = head[0]
                entry = (key, serial, lane)
                lane.ready[kind] = key
                heapreplace(ready, entry)
                if ready[0] is not entry:
                    continue
            # Last: its own numbers are looked at for the lane that is first, and for no other.
            if head is None or not lane.servable():
                heappop(ready)
                lane.ready[kind] = None
                continue
            actual, waiting = head
            return Row(kind, actual, waiting, _nearest(waiting, lane))
        return None


def _nearest(waiting: WaitingClass, found: Lane) -> Lane:
    """Find the first lane that serves a class; one that spills stands in several.

    Which of them is found first says nothing: a contact leaves its own number
    or its tier only while that is full.
    """
    lanes = waiting.lanes
    if lanes[0] is not found:
        for lane in lanes:
            if lane is found or (lane.servable() and waiting.allowed(lane)):
                return lane
    return found
