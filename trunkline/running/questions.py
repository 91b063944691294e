"""What a run can be asked while it goes on, and the streams that it tells."""

from __future__ import annotations

from collections.abc import AsyncIterator

import trio

from actors.doctor.advice import Finding
from actors.messages import AskCapacity, AskContact, AskFindings
from actors.pool.capacity import Breakdown
from runtime.kernel import TrioFuture
from runtime.observe.events import CallEnded, EngineStopped, Event
from runtime.observe.observer import Observer
from trunkline.contact import CallResult, RecordedResult
from trunkline.outcomes import READER, Outcomes
from trunkline.running.roster import Roster


class Questions:
    """Answers from the actors, the events and the journal."""

    def __init__(self, roster: Roster, observer: Observer) -> None:
        self._roster = roster
        self._outcomes: Outcomes | None = None
        self.observer = observer

    def breakdown(self, campaign: str) -> TrioFuture[Breakdown]:
        """Work out a campaign's capacity breakdown as it is now."""
        self._roster.running(campaign)
        done: TrioFuture[Breakdown] = TrioFuture()
        self._roster.pool_of_campaign(campaign).tell(AskCapacity(campaign, done))
        return done

    def findings(self, campaign: str) -> TrioFuture[list[Finding]]:
        """List what the doctor finds wrong with a campaign now, in the order in which it began."""
        done: TrioFuture[list[Finding]] = TrioFuture()
        self._roster.pool_of_campaign(campaign).tell(AskFindings(campaign, done))
        return done

    def why(self, campaign: str, contact: str) -> TrioFuture[str]:
        """Say what a contact waits for: a reason of `dispatch.waiting`, or where else it stands.

        That is "active" from its start to its attempt's end, its result, or "away"
        where another daemon has it.
        """
        done: TrioFuture[str] = TrioFuture()
        self._roster.campaign(campaign).tell(AskContact(contact, done))
        return done

    def outcomes(self, *, after: int | None = None, reader: str = READER) -> AsyncIterator[RecordedResult]:
        """Stream what became of every call, in order, from the journal.

        Begins after the position `after`, else after what the reader has
        acknowledged, in an earlier life too; ends with the run. What was not
        acknowledged comes again. Raises EngineError where no journal is kept.
        """
        assert self._outcomes is not None, "the engine has started"
        return self._outcomes.follow(after, reader)

    def acknowledge(self, position: int, *, reader: str = READER) -> TrioFuture[None]:
        """Say that all outcomes up to a position are dealt with; resolves when that is durable."""
        assert self._outcomes is not None, "the engine has started"
        return self._outcomes.acknowledge(position, reader)

    async def results(self) -> AsyncIterator[CallResult]:
        """Stream what becomes of each call from here on."""
        async for event in self.events():
            if isinstance(event, CallEnded):
                yield CallResult.of(event)

    async def events(self, *, buffer: int = 10_000) -> AsyncIterator[Event]:
        """Stream the run's later events; one that finds the buffer full is lost."""
        send, receive = trio.open_memory_channel[Event](buffer)

        def take(_time: float, event: Event) -> None:
            try:
                send.send_nowait(event)
            except trio.WouldBlock:
                return

        unsubscribe = self.observer.subscribe(take)
        try:
            async for event in receive:
                yield event
                if isinstance(event, EngineStopped):
                    return
        finally:
            unsubscribe()
