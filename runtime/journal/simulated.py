"""A journal on a modelled disk, which does whatever real disks do.

Under virtual time each failure of a disk can be tried at each instant: a
batch that is written and not yet synced, an acknowledgement that is lost
after the sync, a commit that fails and is there, slow, full and absent disks.
The disk outlives its writer, as a file outlives a process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from random import Random
from typing import Any

import msgspec
from pykka import ActorRef

from runtime.contacts import FedRow
from runtime.journal.base import (
    Condition,
    Durable,
    Failed,
    JournalAway,
    JournalBack,
    OutcomeRow,
    Record,
)
from runtime.journal.entries import (
    AnyEntry,
    Ended,
    Intent,
    NotPlaced,
    Probe,
    Rows,
    decode_entries,
    encode_entries,
)
from runtime.journal.fold import fold
from runtime.journal.recovered import Recovered
from runtime.kernel import ActorSystem, EngineActor, handles

PROBE_SECONDS = 1.0
"""How often a disk that is away or full is tried again."""


class DiskFaults(msgspec.Struct, frozen=True, kw_only=True):
    """How a disk does; rates are of batches, seconds of each.

    `fail` is a commit that fails and is not there, `fail_but_there` one that
    fails and is. While `away` nothing is written; while `full` the ballast
    has room for `ballast` entries yet, but for no intent.
    """

    latency_seconds: float = 0.0
    batch_seconds: float = 0.0
    fail: float = 0.0
    fail_but_there: float = 0.0
    away: bool = False
    full: bool = False
    ballast: int = 50


class Commit(Enum):
    """What came of writing a batch."""

    DONE = "done"
    FAILED = "failed and not there"
    HIDDEN = "failed and there"
    AWAY = "away"
    FULL = "full"


class SimulatedDisk:
    """What survives: synced batches for certain, of the others any first part.

    `faults` may be exchanged at any time. `synced` is called with the
    entries of a batch when a crash can't take them any more, before anybody
    hears of it; `written` when a batch has been handed over and is not yet
    safe; `hit` with the name of each fault that happens.
    """

    def __init__(self, random: Random, faults: DiskFaults | None = None) -> None:
        self.faults = faults or DiskFaults()
        self.synced: Callable[[Sequence[AnyEntry]], None] = lambda entries: None
        self.written: Callable[[], None] = lambda: None
        self.hit: Callable[[str], None] = lambda fault: None
        self.position = 0
        self.owner: object = None
        self._random = random
        self._batches: list[bytes] = []
        self._unsynced: list[Sequence[AnyEntry]] = []
        self._ballast_used = 0

    def entries(self) -> Iterator[AnyEntry]:
        """Read back what would survive, the oldest first."""
        for batch in self._batches:
            yield from decode_entries(batch)

    def write(self, entries: Sequence[AnyEntry]) -> None:
        """Hand a batch over; only `sync` makes it safe."""
        self._unsynced.append(entries)
        self.written()

    def sync(self) -> Commit:
        """Make what was written safe, or fail in one of the ways of disks."""
        commit = self._commit()
        if commit is not Commit.DONE:
            self.hit(f"commit {commit.value}")
        unsynced, self._unsynced = self._unsynced, []
        if commit is Commit.DONE or commit is Commit.HIDDEN:
            for entries in unsynced:
                self._keep(entries)
        return commit

    def crash(self, tail: float) -> None:
        """Lose power: of the unsynced batches keep the first, each with chance `tail`."""
        self.owner = None
        for entries in self._unsynced:
            if self._random.random() >= tail:
                break
            self.hit("unsynced batch that survived")
            self._keep(entries)
        else:
            self._unsynced = []
        if self._unsynced:
            self.hit("unsynced batch that was lost")
        self._unsynced = []

    def _keep(self, entries: Sequence[AnyEntry]) -> None:
        self._batches.append(encode_entries(entries))
        self.position += len(entries)
        self.synced(entries)

    def _commit(self) -> Commit:
        faults = self.faults
        if faults.away:
            return Commit.AWAY
        if not faults.full:
            self._ballast_used = 0
        else:
            needed = sum(map(len, self._unsynced))
            intends = any(type(entry) is Intent for entries in self._unsynced for entry in entries)
            if intends or self._ballast_used + needed > faults.ballast:
                return Commit.FULL
            self._ballast_used += needed
        luck = self._random.random() if faults.fail or faults.fail_but_there else 1.0
        if luck < faults.fail:
            return Commit.FAILED
        if luck < faults.fail + faults.fail_but_there:
            return Commit.HIDDEN
        return Commit.DONE


class Write(msgspec.Struct, frozen=True, gc=False):
    """The batch that is open is written now."""


class Sync(msgspec.Struct, frozen=True, gc=False):
    """The disk has had its time: look what came of the batch."""


class Retry(msgspec.Struct, frozen=True, gc=False):
    """Try the disk again."""


class SimulatedWriter(EngineActor):
    """Writes one batch after the other; answers when each message's fate is certain."""

    def __init__(self, disk: SimulatedDisk, tell: Callable[[Condition], None]) -> None:
        super().__init__()
        self._disk = disk
        self._tell = tell
        self._waiting: list[Record] = []
        self._batch: list[Record] = []
        self._busy = False
        self._away = False
        self._unknown_after = 0
        disk.owner = self

    @handles(Record)
    def record(self, message: Record) -> None:
        """Take an entry into the batch that is open."""
        if self._away and type(message.entry) is Intent:
            _fail(message)
            return
        self._waiting.append(message)
        if not self._busy and not self._away:
            self._open_batch()

    def _open_batch(self) -> None:
        self._busy = True
        seconds = self._disk.faults.batch_seconds
        if seconds:
            self.after(seconds, Write())
        else:
            self.actor_ref.tell(Write())

    @handles(Write)
    def write(self, message: Write) -> None:
        """Write all that waits as one batch."""
        if self._disk.owner is not self:
            return
        self._batch, self._waiting = self._waiting, []
        self._disk.write([one.entry for one in self._batch])
        seconds = self._disk.faults.latency_seconds
        if seconds:
            self.after(seconds, Sync())
        else:
            self.sync(Sync())

    @handles(Sync)
    def sync(self, message: Sync) -> None:
        """Answer a batch that is safe; find out about one that failed."""
        if self._disk.owner is not self:
            return
        before = self._disk.position
        commit = self._disk.sync()
        if commit is Commit.DONE:
            self._answer(before)
            self._go_on()
            return
        self._away = True
        self._unknown_after = before
        self._tell(JournalAway(commit.value))
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            self.record(one)
        self.after(PROBE_SECONDS, Retry())

    @handles(Retry)
    def retry(self, message: Retry) -> None:
        """Open the disk anew: find out about the batch, try a probe and what has waited.

        Dialing goes on when both are safe.
        """
        if self._disk.owner is not self:
            return
        self._look_back(self._unknown_after)
        before = self._unknown_after = self._disk.position
        self._batch, self._waiting = self._waiting, []
        self._disk.write([*(one.entry for one in self._batch), Probe()])
        if self._disk.sync() is Commit.DONE:
            self._answer(before)
            if not self._disk.faults.full:
                self._away = False
                self._tell(JournalBack("written and read back"))
                self._go_on()
                return
        self.after(PROBE_SECONDS, Retry())

    def _look_back(self, before: int) -> None:
        """Read the last position back: it tells whether the last batch is there."""
        if self._disk.position > before:
            self._answer(before)
            return
        batch, self._batch = self._batch, []
        for one in batch:
            if type(one.entry) is Intent:
                _fail(one)
        self._waiting = [one for one in batch if type(one.entry) is not Intent] + self._waiting

    def _answer(self, position: int) -> None:
        batch, self._batch = self._batch, []
        for one in batch:
            position += 1
            if one.ref is not None:
                answer = one.then
                if answer is None:
                    assert isinstance(one.entry, Intent | NotPlaced | Ended), "others say what is told"
                    answer = Durable(one.entry.call, position)
                one.ref.tell(answer(position) if callable(answer) else answer)

    def _go_on(self) -> None:
        self._busy = False
        if self._waiting:
            self._open_batch()


def _fail(message: Record) -> None:
    assert isinstance(message.entry, Intent)
    if message.ref is not None:
        message.ref.tell(Failed(message.entry.call))


class SimulatedJournal:
    """One life on a simulated disk."""

    keeps = True

    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk
        self._entries = list(disk.entries())

    def recover(self) -> Recovered | None:
        """Fold what has survived."""
        return fold(self._entries)

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        """Start the disk's writer."""
        return system.start(SimulatedWriter, self._disk, tell)

    def rows(self, campaign: str) -> Iterator[FedRow]:
        """Yield the rows that the campaign had taken when this life began."""
        for entry in self._entries:
            if isinstance(entry, Rows) and entry.campaign == campaign:
                yield from entry.rows

    def entries(self, after: int = 0) -> Iterator[tuple[int, AnyEntry]]:
        """Yield the entries after a position with theirs, as this life has found them."""
        for position, entry in enumerate(self._entries, start=1):
            if position > after:
                yield position, entry

    def outcomes(self, after: int, limit: int) -> Sequence[OutcomeRow]:
        """Return the next ended calls after a position."""
        found: list[OutcomeRow] = []
        for position, entry in enumerate(self._disk.entries(), start=1):
            if position > after and isinstance(entry, Ended):
                found.append(OutcomeRow(position, entry))
                if len(found) == limit:
                    break
        return found

    def close(self) -> None:
        """Leave the disk to the next life."""
        self._disk.owner = None
