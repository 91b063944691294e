"""A simulated daemon: it crashes or ends, is away, and goes on where it was."""

from __future__ import annotations

from functools import partial
from random import Random
from types import TracebackType
from typing import Self

from runtime.carriers.simulated import SimulatedLine
from runtime.journal.simulated import SimulatedDisk, SimulatedJournal
from runtime.kernel import ActorSystem, TrioFuture, VirtualClock
from runtime.observe.events import Event
from runtime.observe.observer import Observer, Sink
from trunkline.config import Config, EventTable
from trunkline.engine import Engine, RunResult
from trunkline.engine.identity import identify
from trunkline.lives.outliving import Outliving, OutlivingLine
from trunkline.log_tail import LogTail
from trunkline.recovered_lines import missing_lines
from trunkline.scenario import Played


class Daemon:
    """Dial a configuration in virtual time, over all lives that its scenario says.

        async with Daemon(config) as daemon:
            result = await daemon.finished

    Carriers, clock, log and a journal in memory outlive each engine. Calls in
    progress stay up at the carrier where a life ends by a crash; the next one
    asks for them. `system` has the timers that outlive an engine, too.
    """

    nothing_left = False

    def __init__(self, config: Config, *, seed: int | None = None, sinks: tuple[Sink, ...] = ()) -> None:
        self._config = config
        self._actors = ActorSystem(clock=VirtualClock(config.run.start))
        self.system = Outliving(self._actors)
        self.finished: TrioFuture[RunResult] = TrioFuture()
        self._seed = identify(config, seed, None, virtual=True).seed
        self._sinks = (self._keep_in_mind, *sinks)
        self._disk = SimulatedDisk(Random(0))  # without faults nothing is drawn
        self._tail = LogTail(whole=True)
        self._played = Played(self._restart)
        self._lines = {one.connection: self._line(one.connection) for one in config.carriers}
        self._closing: float | None = None
        self._dials = False
        self._restarting: EventTable | None = None
        self._engine: Engine | None = None
        self._engine = self._new_engine()

    @property
    def observer(self) -> Observer:
        """What the first life tells."""
        assert self._engine is not None, "nobody asks between two lives"
        return self._engine.observer

    async def __aenter__(self) -> Self:
        await self._actors.__aenter__()
        assert self._engine is not None
        self._follow(self._engine)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._actors.__aexit__(kind, error, traceback)

    def close(self, *, drain: float | None = None) -> TrioFuture[RunResult]:
        """End the run in order, as `Engine.close` does, also where the daemon is away."""
        self._closing = self._config.run.drain if drain is None else drain
        if self._dials and self._engine is not None:
            self._engine.close(drain=self._closing)
        return self.finished

    def _line(self, connection: str) -> OutlivingLine:
        options, numbers = self._config.simulated(connection)
        episodes = self._config.episodes(connection)
        line = SimulatedLine(
            self.system, seed=self._seed, options=options, numbers=numbers, episodes=episodes
        )
        return OutlivingLine(line, self.system)

    def _new_engine(self) -> Engine:
        journal = SimulatedJournal(self._disk)
        recovered = journal.recover()
        return Engine(
            self._config,
            seed=self._seed,
            system=self._actors,
            virtual=True,
            lines=self._lines,
            sinks=self._sinks,
            journal=journal,
            missing_lines=[] if recovered is None else list(missing_lines(journal, recovered, self._tail)),
            played=self._played,
        )

    def _follow(self, engine: Engine) -> None:
        engine.finished._when_ready(partial(self._over, engine))
        started = engine.start()
        started._when_ready(partial(self._ready, started))

    def _ready(self, started: TrioFuture[None]) -> None:
        """This life knows which calls may be up: only now can it end in order."""
        try:
            started.get()
        except Exception:
            self.finished.set_exception()
            return
        self._dials = True
        if self._closing is not None:
            self.close(drain=self._closing)

    def _over(self, engine: Engine) -> None:
        """Take in how a life has ended by itself: the run's end, unless it is to go on."""
        result, event = engine.finished.get(), self._restarting
        if event is not None and result.reason == "closed" and self._closing is None:
            # Not from within an actor's own message: those that were sent are handled first.
            self.system.call_later(0.0, self._stay_away, event)
            return
        self._actors.outside_request()  # time stands still from here on: when the caller wakes is luck
        self.finished.set(result)

    def _restart(self, event: EventTable) -> bool:
        """Let this life crash, at any time, or begin to end in order; False where it ends already."""
        if event.kind == "daemon_crashes":
            self._stay_away(event)
            return True
        if self._engine is None or self._restarting is not None or self._closing is not None:
            return False
        self._restarting = event
        self._engine.close()
        return True

    def _stay_away(self, event: EventTable) -> None:
        """End this life at this instant; begin another when its time comes."""
        assert event.lasts is not None
        self._engine = self._restarting = None
        self._dials = False
        for line in self._lines.values():
            line.end_life()
        self._actors.cut_off(self.system.pending())
        self._disk.crash(0.0)
        self.system.call_later(event.lasts, self._live_again)

    def _live_again(self) -> None:
        try:
            self._engine = engine = self._new_engine()
            self._follow(engine)
        except Exception:
            self.finished.set_exception()

    def _keep_in_mind(self, _time: float, event: Event) -> None:
        """Know what the log has, for what it may lack after a crash."""
        self._tail.take(event.event, partial(_field, event))


def _field(event: Event, name: str) -> object:
    return getattr(event, name, None)
