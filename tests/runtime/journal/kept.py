"""A journal whose disk is a list, on the loop: under virtual time a restart can be tried exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pykka import ActorRef

from runtime.contacts import FedRow
from runtime.journal.base import Condition, Durable, OutcomeRow, Record
from runtime.journal.entries import AnyEntry, Ended, Rows, decode_entries, encode_entries
from runtime.journal.fold import fold
from runtime.journal.recovered import Recovered
from runtime.kernel import ActorSystem, EngineActor, handles


class KeptDisk:
    """Encoded entries; it outlives engines. `dies_after` entries it takes nothing more."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.dies_after: int | None = None

    def entries(self) -> Iterator[AnyEntry]:
        for record in self.records:
            yield from decode_entries(record)

    @property
    def dead(self) -> bool:
        return self.dies_after is not None and len(self.records) >= self.dies_after


class KeptWriter(EngineActor):
    def __init__(self, disk: KeptDisk) -> None:
        super().__init__()
        self.disk = disk

    @handles(Record)
    def record(self, message: Record) -> None:
        if self.disk.dead:
            return
        self.disk.records.append(encode_entries([message.entry]))
        if message.ref is not None:
            answer = message.then
            if answer is None:
                answer = Durable(message.entry.call, len(self.disk.records))  # type: ignore[union-attr]  # of a call
            elif callable(answer):
                answer = answer(len(self.disk.records))
            message.ref.tell(answer)


class KeptJournal:
    """A life on a disk."""

    keeps = True

    def __init__(self, disk: KeptDisk) -> None:
        self.disk = disk
        self._entries = list(disk.entries())

    def recover(self) -> Recovered | None:
        return fold(self._entries)

    def start(self, system: ActorSystem, tell: Callable[[Condition], None]) -> ActorRef[Any]:
        return system.start(KeptWriter, self.disk)

    def rows(self, campaign: str) -> Iterator[FedRow]:
        for entry in self._entries:
            if isinstance(entry, Rows) and entry.campaign == campaign:
                yield from entry.rows

    def entries(self, after: int = 0) -> Iterator[tuple[int, AnyEntry]]:
        for position, entry in enumerate(self.disk.entries(), start=1):
            if position > after:
                yield position, entry

    def outcomes(self, after: int, limit: int) -> Sequence[OutcomeRow]:
        found = [
            OutcomeRow(position, entry)
            for position, entry in enumerate(self.disk.entries(), start=1)
            if isinstance(entry, Ended) and position > after
        ]
        return found[:limit]

    def close(self) -> None:
        pass
