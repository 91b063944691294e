"""Outcomes for the application: a cursor over the journal, acknowledged by position."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import trio
from pykka import ActorRef

from runtime.errors import EngineError
from runtime.journal.base import Journal, Record
from runtime.journal.entries import Acknowledged
from runtime.kernel import ActorSystem, EngineActor, TrioFuture, handles
from runtime.observe.events import CallEnded, EngineStopped, Event
from runtime.observe.observer import Observer
from trunkline.contact import CallResult, RecordedResult

READER = "application"
PAGE = 200


class Settled(msgspec.Struct, frozen=True, gc=False):
    """An acknowledgement is durable."""

    done: Any


class Bookmark(EngineActor):
    """Hears when acknowledgements are durable."""

    @handles(Settled)
    def settled(self, message: Settled) -> None:
        """Tell whoever has acknowledged."""
        message.done.set(None)


class Outcomes:
    """Reads what has ended from the journal, and remembers how far each reader has come."""

    def __init__(
        self,
        journal: Journal,
        writer: ActorRef[Any],
        system: ActorSystem,
        observer: Observer,
        ended: Callable[[], bool],
    ) -> None:
        recovered = journal.recover()
        self._journal = journal
        self._writer = writer
        self._observer = observer
        self._ended = ended
        self._acknowledged = {} if recovered is None else dict(recovered.acknowledged)
        self._bookmark = system.start(Bookmark)

    def acknowledge(self, position: int, reader: str) -> TrioFuture[None]:
        """Write down that a reader has dealt with all up to a position; resolves when that is durable."""
        self._must_keep()
        done: TrioFuture[None] = TrioFuture()
        self._acknowledged[reader] = max(position, self._acknowledged.get(reader, 0))
        self._writer.tell(Record(Acknowledged(reader, position), self._bookmark, Settled(done)))
        return done

    async def follow(self, after: int | None, reader: str) -> AsyncIterator[RecordedResult]:
        """Yield what has ended after a position, and what ends; until the run is over."""
        self._must_keep()
        position = self._acknowledged.get(reader, 0) if after is None else after
        news = trio.Event()

        def take(_time: float, event: Event) -> None:
            if isinstance(event, (CallEnded, EngineStopped)):
                news.set()

        unsubscribe = self._observer.subscribe(take)
        try:
            while True:
                last = self._ended()
                rows = self._journal.outcomes(position, PAGE)
                for row in rows:
                    position = row.position
                    yield RecordedResult(
                        **msgspec.structs.asdict(CallResult.of(row.ended.line)),
                        position=position,
                        at=row.ended.at,
                    )
                if not rows and last:
                    return
                if not rows:
                    await news.wait()
                    news = trio.Event()
        finally:
            unsubscribe()

    def _must_keep(self) -> None:
        if not self._journal.keeps:
            raise EngineError(
                "outcomes are read from a journal that is kept: Engine(journal=SqliteJournal(…))"
            )
