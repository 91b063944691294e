"""The engine's face: begin to dial, ask, change, and come to an end in order."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

import trio
from pykka import ActorRef

from actors.lease.messages import Leave, Look
from actors.messages import Adopt, Begin, Load
from actors.partitions.messages import CarryOutBy, Depart
from actors.restart import Supervisor
from runtime.carriers import Carrier, Line
from runtime.journal.base import Journal, Record
from runtime.journal.memory import MemoryJournal
from runtime.kernel import ActorSystem, TrioFuture, VirtualClock
from runtime.observe.events import EngineStopped, Event
from runtime.observe.observer import Observer, Sink
from trunkline.config import Config
from trunkline.engine.beginning import settle
from trunkline.engine.ending import Ending
from trunkline.engine.feeds import Feeds
from trunkline.engine.opening import LifeBegun, Opening
from trunkline.engine.result import RunResult
from trunkline.engine.shared_state import share_contacts, sharing_of
from trunkline.engine.sharing import Sharing
from trunkline.engine.wiring import Lines, Wiring, check_carriers
from trunkline.fleet.carrying_out import carry_out
from trunkline.outcomes import Outcomes
from trunkline.resume import Resumption
from trunkline.running import Changes, Questions, Roster
from trunkline.scenario import Played, ScenarioPlayer

LOOK_SECONDS = 0.1
"""How often a drain looks whether the system still runs."""


class Engine(Changes, Questions):
    """Dial a configuration's campaigns on an `ActorSystem`.

        async with Engine(config) as engine:
            result = await engine.finished

    Within trio it makes its own system; with `system` it uses a running one,
    also that of `ActorSystem.in_thread()`: then call `start()` and wait by
    `engine.finished.get()`. What takes effect later returns a `TrioFuture`:
    await it in trio, or `get()` it from any other thread. Seconds throughout.
    Raises UnknownName where `carriers` lacks one that the configuration
    names, and TypeError where one is no `Carrier`.
    """

    def __init__(
        self,
        config: Config,
        *,
        seed: int | None = None,
        system: ActorSystem | None = None,
        virtual: bool = False,
        simulated: bool = False,
        carriers: Mapping[str, Carrier] | None = None,
        lines: Mapping[str, Line] | None = None,
        sinks: tuple[Sink, ...] = (),
        campaign: str | None = None,
        ends_when_stalled: bool | None = None,
        journal: Journal | None = None,
        missing_lines: Iterable[Event] = (),
        sharing: Sharing | None = None,
        played: Played | None = None,
    ) -> None:
        simulated = simulated or virtual
        check_carriers(config, carriers or {}, lines or {}, simulated=simulated)
        self.config = config
        self.virtual = virtual
        self.journal: Journal = MemoryJournal() if journal is None else journal
        self._own_system = system is None
        clock = VirtualClock(config.run.start) if virtual else None
        self.system = ActorSystem(clock=clock) if system is None else system
        self._roster = roster = Roster()
        Changes.__init__(self, roster)
        Questions.__init__(self, roster, Observer(self.system.clock, *sinks))
        self.finished: TrioFuture[RunResult] = TrioFuture()
        self._beginning = settle(
            config,
            self.journal,
            now=self.system.clock.time(),
            seed=seed,
            virtual=virtual,
            simulated=simulated,
            campaign=campaign,
        )
        self.run, self.seed = self._beginning.identity.run, self._beginning.identity.seed
        self.life = self._beginning.identity.life
        self._missing_lines = missing_lines
        self._sharing = sharing
        if sharing is None and not virtual:
            self.journal, self._sharing = share_contacts(
                config, self.journal, sharing_of(config, self.system)
            )
        self._loading = 0
        self._told_end = False
        self._left_shared_state = False
        self._started_answer: TrioFuture[None] | None = None
        roster.number_tenants.update({one.number: one.tenant for one in self._beginning.settings.numbers})
        self._ending = Ending(
            roster,
            self.system,
            self.observer,
            drain=config.run.drain,
            ends_when_stalled=virtual if ends_when_stalled is None else ends_when_stalled and not self._deals,
            ended=self._end,
        )
        self.supervisor = Supervisor(self.observer, self.system.clock.time, self._ending.give_up)
        self._player = ScenarioPlayer(config, self.seed, self, roster, self.system, self.observer, played)
        self._wiring = self._wire(
            Lines(
                config,
                self.system,
                self.seed,
                virtual=virtual,
                simulated=simulated,
                carriers=carriers,
                given=lines,
            )
        )

    @property
    def _deals(self) -> bool:
        """Tell whether contacts are dealt out among daemons: another may get going what stalls here."""
        return self._sharing is not None and self._sharing.store is not None

    def _wire(self, lines: Lines) -> Wiring:
        config, beginning = self.config, self._beginning
        feeds = Feeds(
            config,
            self.journal,
            beginning.resumption,
            self._roster,
            self.system,
            self._ending.fail,
            virtual=self.virtual,
        )
        return Wiring(
            settings=beginning.settings,
            identity=beginning.identity,
            roster=self._roster,
            system=self.system,
            observer=self.observer,
            supervisor=self.supervisor,
            lines=lines,
            feeds=feeds,
            journal=self.journal,
            resumption=beginning.resumption,
            only=beginning.only,
            virtual=self.virtual,
            doctor=config.run.doctor,
            sharing=self._sharing,
            awaits=self._player.awaits,
            finished=self._ending.campaign_finished,
            loaded=self._loaded,
        )

    # Life

    async def __aenter__(self) -> Self:
        if self._own_system:
            await self.system.__aenter__()
        try:
            await self.start()
        except BaseException:
            if not await self._leave(*sys.exc_info()):
                raise
        return self

    @trio.lowlevel.enable_ki_protection
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._drain()
        except BaseException:
            await self._leave(*sys.exc_info())
            raise
        await self._leave(kind, error, traceback)

    async def _drain(self) -> None:
        """Stop dialing and let calls in progress end, whoever cancels or interrupts that.

        A KeyboardInterrupt meanwhile is raised when it is done. Where the
        system has failed there is nobody left to end anything.
        """
        if self._is_over():
            return
        interrupted: KeyboardInterrupt | None = None
        self.close()
        with trio.CancelScope(shield=True):
            while not self._is_over():
                try:
                    with trio.move_on_after(LOOK_SECONDS):
                        await self.finished
                except KeyboardInterrupt as error:
                    interrupted = error
        if interrupted is not None:
            raise interrupted

    def _is_over(self) -> bool:
        return self._told_end or not self.system.running

    async def _leave(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        try:
            return self._own_system and await self.system.__aexit__(kind, error, traceback)
        finally:
            self.journal.close()
            self._leave_shared_state()

    def _leave_shared_state(self) -> None:
        """End what speaks to the shared state, once."""
        sharing = self._sharing
        if sharing is not None and sharing.close is not None and not self._left_shared_state:
            self._left_shared_state = True
            sharing.close()

    @property
    def nothing_left(self) -> bool:
        """Tell whether an earlier life has come to the end of every campaign, once started."""
        return bool(self._roster.settings) and not self._roster.campaigns

    @property
    def finished_already(self) -> bool:
        """Tell whether the run has come to its end."""
        return self._roster.over or self._ending.over

    def start(self) -> TrioFuture[None]:
        """Start the actors and begin to dial; from any thread, once.

        Resolves when the engine can be asked and changed.
        """
        started: TrioFuture[None] = TrioFuture()
        self.system.call_soon_threadsafe(self._start, started)
        return started

    def close(self, *, drain: float | None = None) -> TrioFuture[RunResult]:
        """Stop dialing, let calls in progress end within `drain`, then hang up.

        Returns `finished`. A second call with `drain=0` hangs up at once.
        """
        seconds = self.config.run.drain if drain is None else drain
        self.system.call_soon_threadsafe(self._ending.close, seconds)
        return self.finished

    def _start(self, started: TrioFuture[None]) -> None:
        self._started_answer = started
        try:
            self._begin()
        except Exception:
            started.set_exception()
            raise
        self._loaded()

    def _begin(self) -> None:
        self.observer.failed = self._ending.fail
        writer = self.journal.start(self.system, self._ending.journal_condition)
        if self.journal.keeps:
            self._roster.journal = writer
            self._loading += 1
            entry = self._beginning.entry(self.config, self.system.clock.time())
            opening = self.system.start(Opening, self._loaded)
            writer.tell(Record(entry, opening, LifeBegun()))
        self._outcomes = Outcomes(
            self.journal, writer, self.system, self.observer, lambda: self.finished_already
        )
        for event in self._beginning.lines(self._missing_lines):
            self.observer.emit(event)
        self.system.on_idle(self._ending.idle)
        self._wiring.start(writer)
        for ref in self._roster.partitions.values():
            ref.tell(CarryOutBy(partial(carry_out, self, self.system)))
        earlier = self._with_earlier_life()
        self._loading += 1 + len(earlier)
        for ref in earlier:
            ref.tell(Load())

    def _with_earlier_life(self) -> list[ActorRef[Any]]:
        feeds = self._wiring.feeds
        return [ref for name, ref in self._roster.campaigns.items() if feeds.state_of(name) is not None]

    def _loaded(self) -> None:
        """Begin to dial when this life is durable and every campaign has taken its contacts over.

        A life that began to dial before could be forgotten: the next would use its call ids again.
        """
        self._loading -= 1
        if self._loading:
            return
        if self._beginning.resumption is None:
            self._dial()
        else:
            # Contacts with a call in doubt have been started: their slots are held before this is called.
            self.system.call_soon_threadsafe(self._dial)

    def _dial(self) -> None:
        since, resumption = 0.0, self._beginning.resumption
        if resumption is not None:
            since = self.system.clock.time() - resumption.recovered.started_at
            self._adopt_calls(resumption)
        membership = self._roster.membership
        if membership is not None:
            membership.ref.tell(Look())  # not before: calls of an earlier life are in use from the first look
        for ref in self._roster.campaigns.values():
            ref.tell(Begin())
        if self._started_answer is not None:
            self._started_answer.set(None)
        if not self._roster.campaigns:
            self._ending.end("finished")
            return
        self._player.begin(since)

    def _adopt_calls(self, resumption: Resumption) -> None:
        """Let the carriers be asked for the calls of the earlier life."""
        for name, ref in self._roster.connections.items():
            calls = [one.call for one in resumption.recovered.in_doubt if one.grant.connection == name]
            ref.tell(Adopt(tuple(calls), resumption.dialed_lately))

    def _end(self, reason: str) -> None:
        """Say how the run ended, once what it held of shared limits and contacts is given back."""
        roster = self._roster
        if roster.membership is None:
            self._tell_end(reason)
            return
        sharing = (*roster.partitions.values(), *roster.answer_rates.values())
        leaving = 1 + len(sharing)

        def left() -> None:
            nonlocal leaving
            leaving -= 1
            if not leaving:
                self._tell_end(reason)

        roster.membership.ref.tell(Leave(left))
        for ref in sharing:
            ref.tell(Depart(left))

    def _tell_end(self, reason: str) -> None:
        ending = self._ending
        self._told_end = True
        unapplied = self._player.end()
        self.observer.emit(EngineStopped(run=self.run, reason=reason))
        self._leave_shared_state()  # here, as not every application leaves an `async with` block
        self.finished.set(
            RunResult(
                self.run,
                self.seed,
                reason,
                dict(self._roster.results),
                dict(ending.stalled),
                None if ending.failure is None else str(ending.failure),
                unapplied,
            )
        )
