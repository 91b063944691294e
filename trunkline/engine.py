"""The engine: wires the actors of a configuration and lets them dial."""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import chain
from random import Random
from types import TracebackType
from typing import Any, Self

import msgspec
import phonenumbers
import trio
from pykka import ActorRef

from actors.campaign.actor import CampaignActor
from actors.campaign.earlier_life import EarlierLife
from actors.connection.actor import ConnectionActor
from actors.contact.surroundings import HANGUP_GRACE_SECONDS
from actors.doctor.advice import Finding
from actors.doctor.live import PoolDoctor
from actors.messages import (
    AddContacts,
    AddNumber,
    Adopt,
    AskCapacity,
    AskContact,
    AskFindings,
    AskStall,
    AskWhy,
    Begin,
    ChangeCampaign,
    ChangeNumber,
    CloseFeed,
    CloseGate,
    GoOn,
    HangUpAll,
    Join,
    Load,
    Message,
    OpenGate,
    Reason,
    RemoveNumber,
    SetLimit,
    Stall,
    StopOffering,
    TellDisposition,
)
from actors.pool.actor import PoolActor
from actors.pool.capacity import Breakdown
from actors.restart import Supervisor
from actors.settings import CampaignSettings, EngineSettings, NumberSettings
from actors.tenant.actor import TenantActor
from runtime.calls import E164
from runtime.carriers import Carrier, Line, build_line
from runtime.contacts import FedRow, NewContact
from runtime.errors import (
    ActorFailed,
    ContactRefused,
    ContactsError,
    EngineClosed,
    JournalContradicted,
    LogError,
    TrunklineError,
    UnknownName,
)
from runtime.journal.base import Condition, Journal, JournalAway, Record
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange, Started
from runtime.journal.memory import MemoryJournal
from runtime.journal.recovered import CampaignState, Recovered
from runtime.kernel import ActorSystem, TrioFuture, VirtualClock
from runtime.observe.events import (
    CallEnded,
    CampaignFinished,
    EngineRecovered,
    EngineStarted,
    EngineStopped,
    Event,
)
from runtime.observe.events import JournalAway as JournalAwayEvent
from runtime.observe.events import JournalBack as JournalBackEvent
from runtime.observe.masking import mask_phone, party_hash
from runtime.observe.observer import Observer, Sink
from trunkline.config import Config, ContactsFile
from trunkline.contact import CallResult, Contact, RecordedResult
from trunkline.contacts import ContactIntake, read_contacts
from trunkline.contacts.digest import RowsDigest, check_taken
from trunkline.contacts.feed import fed_row
from trunkline.outcomes import READER, Outcomes
from trunkline.resume import Resumption, resume
from trunkline.scenario.player import Parts, ScenarioPlayer, UnappliedEvent
from trunkline.version import __version__

LOOK_SECONDS = 0.1
"""How often a drain looks whether the system still runs."""

LAST_SECONDS = HANGUP_GRACE_SECONDS + 5.0
"""How long after all calls were hung up the engine waits for slots that never come back."""

WHY_STOPPED: Mapping[type[TrunklineError], Reason] = {
    LogError: Reason.LOG_AWAY,
    ContactsError: Reason.CLOSING,
    JournalContradicted: Reason.CLOSING,
    ActorFailed: Reason.CRASHED,
}

UNFINISHED_AHEAD = 10_000
"""How many unfinished contacts there may be before those who add more are made to wait."""


class RunResult(msgspec.Struct, frozen=True):
    """How a run ended.

    `reason` is finished, stalled, closed or failed; `campaigns` holds the
    last word on each campaign that came to its end, by name, `unapplied` the
    events of the scenario that never happened.
    """

    run: str
    seed: int
    reason: str
    campaigns: dict[str, CampaignFinished]
    stalled: dict[str, str]
    failure: str | None = None
    unapplied: tuple[UnappliedEvent, ...] = ()


class Engine:
    """Dial a configuration's campaigns on an `ActorSystem`.

        async with Engine(config) as engine:
            result = await engine.finished

    Within trio it makes its own system; with `system` it uses a running one,
    also that of `ActorSystem.in_thread()`: then call `start()` and wait by
    `engine.finished.get()`. What takes effect later returns a `TrioFuture`:
    await it in trio, or `get()` it from any other thread. Seconds throughout.
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
    ) -> None:
        self.config = config
        self.journal: Journal = MemoryJournal() if journal is None else journal
        recovered = self.journal.recover()
        chosen = seed if seed is not None else config.run.seed
        if chosen is None:
            chosen = secrets.randbits(32) if recovered is None else recovered.seed
        self.seed = chosen
        self.life = 1 if recovered is None else recovered.life + 1
        self.virtual = virtual
        self._own_system = system is None
        clock = VirtualClock(config.run.start) if virtual else None
        self.system = ActorSystem(clock=clock) if system is None else system
        self.observer = Observer(self.system.clock, *sinks)
        self.finished: TrioFuture[RunResult] = TrioFuture()
        self.run = self._run_id() if recovered is None else recovered.run
        self._simulated = simulated or virtual
        self._settings = config.settings(simulated=self._simulated)
        if not virtual:
            self._settings = _scaled(self._settings, config.run.time_scale)
        self._kept_settings = self._settings
        self._resumption: Resumption | None = None
        if recovered is not None:
            self._resumption = resume(recovered, self._settings, self.system.clock.time())
            self._settings = self._resumption.settings
            self._kept_settings = self._resumption.kept
            self._check_taken_rows(recovered)
        self._only = campaign if campaign is not None else config.run.campaign
        if self._only is not None and self._only not in {one.name for one in self._settings.campaigns}:
            raise UnknownName("campaign", self._only)
        self._refuse_doubts_elsewhere()
        self._carriers = carriers
        self._lines = lines or {}
        self._ends_when_stalled = virtual if ends_when_stalled is None else ends_when_stalled
        self._key = hashlib.sha256(self.run.encode()).digest() if virtual else secrets.token_bytes(32)
        if recovered is not None:
            self._key = bytes.fromhex(recovered.key)
        self._missing_lines = missing_lines
        self._writer: ActorRef[Any] | None = None
        self._outcomes: Outcomes | None = None
        self._loading = 0
        self._started_answer: TrioFuture[None] | None = None
        self._away: str | None = None
        self._connections: dict[str, ActorRef[Any]] = {}
        self._tenants: dict[str, ActorRef[Any]] = {}
        self._pools: dict[str, ActorRef[Any]] = {}
        self._campaigns: dict[str, ActorRef[Any]] = {}
        self._campaign_settings: dict[str, CampaignSettings] = {}
        self._number_tenants: dict[E164, str] = {one.number: one.tenant for one in self._settings.numbers}
        self._intakes: dict[str, ContactIntake] = {}
        self._added: dict[str, int] = {}
        self._results: dict[str, CampaignFinished] = {}
        self._stalled: dict[str, str] = {}
        self._closing: str | None = None
        self._failure: LogError | ContactsError | JournalContradicted | ActorFailed | None = None
        self.supervisor = Supervisor(self.observer, self.system.clock.time, self._give_up)
        self._player = ScenarioPlayer(
            self,
            Parts(self._campaign_settings, self._campaigns, self._intakes, self._connections, self._tenants),
        )

    def _run_id(self) -> str:
        if not self.virtual:
            return secrets.token_hex(6)
        return hashlib.sha256(f"{self.seed}:{self.config.fingerprint()}".encode()).hexdigest()[:12]

    def _refuse_doubts_elsewhere(self) -> None:
        """Refuse to dial one campaign alone while calls of others may be up: they need their slots."""
        if self._only is None or self._resumption is None:
            return
        others = sorted(set(self._resumption.doubts) - {self._only})
        if others:
            names = ", ".join(repr(name) for name in others)
            raise JournalContradicted(
                [f"calls of {names} are in doubt and keep their slots; dial without --campaign first"]
            )

    def _check_taken_rows(self, recovered: Recovered) -> None:
        """Refuse contacts files that don't begin with what an earlier life has taken."""
        for name, file in self.config.contacts.items():
            state = recovered.campaigns.get(name)
            if file is not None and file.path is not None and state is not None and file.path.exists():
                check_taken(file.path, file.encoding, state.file_rows, state.digest)

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
        return self.finished_already or not self.system.running

    async def _leave(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        try:
            return self._own_system and await self.system.__aexit__(kind, error, traceback)
        finally:
            self.journal.close()

    @property
    def nothing_left(self) -> bool:
        """Tell whether an earlier life has come to the end of every campaign, once started."""
        return bool(self._campaign_settings) and not self._campaigns

    def start(self) -> TrioFuture[None]:
        """Start the actors and begin to dial; from any thread, once.

        Resolves when the engine can be asked and changed.
        """
        started: TrioFuture[None] = TrioFuture()
        self.system.call_soon_threadsafe(self._start, started)
        return started

    def _start(self, started: TrioFuture[None]) -> None:
        self._started_answer = started
        try:
            self._begin()
        except Exception:
            started.set_exception()
            raise
        self._loaded()

    @property
    def finished_already(self) -> bool:
        """Tell whether the run has come to its end."""
        return len(self._results) == len(self._campaign_settings) > 0 or self._closing == "done"

    def _begin(self) -> None:
        settings = self._settings
        self.observer.failed = self._log_failed
        resumption = self._resumption
        self._writer = journal = self.journal.start(self.system, self._journal_condition)
        self._record_start()
        self._outcomes = Outcomes(
            self.journal, journal, self.system, self.observer, lambda: self.finished_already
        )
        self._announce()
        self.system.on_idle(self._idle)
        for connection in settings.connections:
            line = self._lines.get(connection.name) or self._build_line(connection.name)
            self._connections[connection.name] = self.system.start(
                ConnectionActor, connection, line, self.observer, self.supervisor
            )
        campaigns = [one for one in settings.campaigns if self._only in (None, one.name)]
        for tenant in settings.tenants:
            mine = [one for one in campaigns if one.tenant == tenant.name]
            numbers = [one for one in settings.numbers if one.tenant == tenant.name]
            self._tenants[tenant.name] = tenant_ref = self.system.start(
                TenantActor, tenant, self._connections, self.observer, self.supervisor
            )
            self._pools[tenant.name] = pool = self.system.start(
                PoolActor,
                tenant,
                tenant_ref,
                {one.name: (one, self._connections[one.name]) for one in settings.connections},
                numbers,
                mine,
                Random(f"{self.seed}/pool/{tenant.name}" + (f"/{self.life}" if self.life > 1 else "")),
                self.observer,
                self.supervisor,
                None if resumption is None else resumption.pool,
                PoolDoctor(tenant.name, self.observer) if self.config.run.doctor else None,
            )
            for one in mine:
                self._campaign_settings[one.name] = one
                digest = RowsDigest()
                feed = self._more_of(one, self._feed(one, digest))
                if self._is_done(one, feed):
                    continue
                awaits = self._player.awaits(one.name)
                self._campaigns[one.name] = self.system.start(
                    CampaignActor,
                    msgspec.structs.replace(one, keep_open=True) if awaits else one,
                    feed,
                    pool=pool,
                    tenant=tenant_ref,
                    connections=self._connections,
                    journal=journal,
                    observer=self.observer,
                    supervisor=self.supervisor,
                    spell=self._spell(one),
                    run=self.run if self.life == 1 else f"{self.run}.{self.life}",
                    finished=self._campaign_finished,
                    keeps=self.journal.keeps,
                    digest=digest.hexdigest,
                    earlier=self._earlier_life(one),
                    ahead=None if self.virtual else UNFINISHED_AHEAD,
                )
                pool.tell(Join(one.name, self._campaigns[one.name]))
        earlier = [ref for name, ref in self._campaigns.items() if self._state_of(name) is not None]
        self._loading = 1 + len(earlier)
        for ref in earlier:
            ref.tell(Load())

    def _record_start(self) -> None:
        """Begin this life in the journal, before anything else is recorded."""
        if not self.journal.keeps:
            return
        started = Started(
            self.run,
            self.life,
            self.seed,
            self._key.hex(),
            self.config.fingerprint(),
            msgspec.to_builtins(self._kept_settings, order="deterministic"),
            self.system.clock.time(),
            changes=() if self._resumption is None else self._resumption.changes,
        )
        assert self._writer is not None
        self._writer.tell(Record(started, None))

    def _announce(self) -> None:
        resumption = self._resumption
        if resumption is None:
            self.observer.emit(EngineStarted(run=self.run, versions=versions(), seed=self.seed))
            return
        self.observer.emit(
            EngineRecovered(
                run=self.run,
                versions=versions(),
                seed=self.seed,
                life=self.life,
                in_doubt=len(resumption.recovered.in_doubt),
            )
        )
        for event in self._missing_lines:
            self.observer.emit(event)

    def _state_of(self, campaign: str) -> CampaignState | None:
        return None if self._resumption is None else self._resumption.recovered.campaigns.get(campaign)

    def _earlier_life(self, campaign: CampaignSettings) -> EarlierLife | None:
        state, resumption = self._state_of(campaign.name), self._resumption
        if state is None or resumption is None:
            return None
        return EarlierLife(
            state,
            self._rows_again(campaign.name),
            resumption.doubts.get(campaign.name, {}),
            campaign.name in resumption.pool.canceled_campaigns,
            self._loaded,
        )

    def _rows_again(self, campaign: str) -> Iterator[FedRow]:
        """Yield the rows of the earlier life; the intake knows whom it has taken."""
        intake = self._intakes[campaign]
        for row in self.journal.rows(campaign):
            if isinstance(row, NewContact):
                intake.remember(row.contact, row.to)
            yield row

    def _adopt_calls(self, resumption: Resumption) -> None:
        """Let the carriers be asked for the calls of the earlier life."""
        for name, ref in self._connections.items():
            calls = [one.call for one in resumption.recovered.in_doubt if one.grant.connection == name]
            ref.tell(Adopt(tuple(calls), resumption.dialed_lately))

    def _is_done(self, campaign: CampaignSettings, feed: Iterator[FedRow] | None) -> bool:
        """Tell whether an earlier life has come to the campaign's end, and no row was added since."""
        state = self._state_of(campaign.name)
        if state is None or state.done is None:
            return False
        if not state.swept and (campaign.keep_open or feed is not None):
            return False
        self._results[campaign.name] = state.done
        return True

    def _loaded(self) -> None:
        """Begin to dial when every campaign has taken its contacts over."""
        self._loading -= 1
        if self._loading:
            return
        if self._resumption is None:
            self._dial()
        else:
            # Contacts with a call in doubt have been started: their slots are held before this is called.
            self.system.call_soon_threadsafe(self._dial)

    def _dial(self) -> None:
        if self._resumption is not None:
            self._adopt_calls(self._resumption)
        for ref in self._campaigns.values():
            ref.tell(Begin())
        if self._started_answer is not None:
            self._started_answer.set(None)
        if not self._campaigns:
            self._end("finished")
            return
        since = 0.0
        if self._resumption is not None:
            since = self.system.clock.time() - self._resumption.recovered.started_at
        self._player.begin(since)

    def _build_line(self, connection: str) -> Line:
        row = next(one for one in self.config.carriers if one.connection == connection)
        options, numbers = self.config.simulated(connection)
        return build_line(
            "simulated" if self._simulated else row.carrier,
            self.system,
            seed=self.seed,
            carriers=self._carriers,
            options=options,
            numbers=numbers,
            episodes=self.config.episodes(connection),
            time_scale=1.0 if self.virtual else self.config.run.time_scale,
        )

    def _spell(self, campaign: CampaignSettings) -> Callable[[E164], tuple[str, str | None]]:
        if not campaign.mask_phone_numbers:
            return lambda to: (to, None)
        key = self._key
        return lambda to: (mask_phone(to), party_hash(to, key))

    def _feed(self, campaign: CampaignSettings, digest: RowsDigest) -> Iterator[FedRow] | None:
        intake = self._intakes[campaign.name] = ContactIntake(
            default_region=campaign.default_region,
            default_timezone=campaign.default_timezone,
            hours=campaign.calling_hours,
            now=self.system.clock.time,
        )
        source = self.config.contacts[campaign.name]
        return None if source is None else self._read(source, campaign, intake, digest)

    def _read(
        self, source: ContactsFile, campaign: CampaignSettings, intake: ContactIntake, digest: RowsDigest
    ) -> Iterator[FedRow]:
        stream = sys.stdin.buffer if source.path is None else source.path
        state = self._state_of(campaign.name)
        taken = (0, None) if state is None else (state.file_rows, state.digest)
        kept = digest if self.journal.keeps else None
        try:
            for row in read_contacts(stream, intake, source.encoding, digest=kept, taken=taken):
                yield fed_row(row, campaign)
        except (ContactsError, JournalContradicted) as error:
            self._failed(error)

    def _more_of(self, campaign: CampaignSettings, feed: Iterator[FedRow] | None) -> Iterator[FedRow] | None:
        """Give what a file still holds that an earlier life had read to its end; None for nothing."""
        state, source = self._state_of(campaign.name), self.config.contacts[campaign.name]
        if feed is None or source is None or state is None or not state.complete:
            return feed
        if source.path is None:
            return None
        following = next(feed, None)
        return None if following is None else chain((following,), feed)

    # The end

    @property
    def over(self) -> frozenset[str]:
        """Name the campaigns that have come to their end."""
        return frozenset(self._results)

    def _campaign_finished(self, event: CampaignFinished) -> None:
        assert event.campaign is not None
        self._results[event.campaign] = event
        if len(self._results) == len(self._campaign_settings):
            self._end(self._closing or ("stalled" if self._stalled else "finished"))

    def _idle(self) -> None:
        """End what can't go on: nothing is queued, and no timer will change that."""
        if not self._ends_when_stalled or self._closing is not None or not self._campaigns:
            return
        if self._away is not None:
            return  # the journal will come back
        for name, ref in self._campaigns.items():
            if name not in self._results:
                ref.tell(CloseFeed())
        for name, ref in self._campaigns.items():
            if name not in self._results:
                pool = self._pools[self._campaign_settings[name].tenant]
                pool.tell(AskStall(name, _teller(ref, self._stalled, name)))

    def _journal_condition(self, condition: Condition) -> None:
        """Stop dialing while the journal is away, and say why; dial on when it is back."""
        if isinstance(condition, JournalAway):
            if self._away is None:
                self.observer.emit(JournalAwayEvent(reason=condition.reason))
                self._stop_dialing(Reason.JOURNAL_AWAY)
            self._away = condition.reason
        elif self._away is not None:
            self._away = None
            self.observer.emit(JournalBackEvent(reason=condition.reason))
            if self._closing is None:
                for ref in self._connections.values():
                    ref.tell(OpenGate())
                for pool in self._pools.values():
                    pool.tell(GoOn())

    def _log_failed(self, failure: LogError) -> None:
        self._failed(failure)

    def _give_up(self, reason: str) -> None:
        if self._failure is None:
            self._failed(ActorFailed(reason))

    def _failed(self, failure: LogError | ContactsError | JournalContradicted | ActorFailed) -> None:
        self._failure = failure
        self._stop_dialing(WHY_STOPPED[type(failure)])
        self._await_calls("failed", self.config.run.drain)

    def _stop_dialing(self, reason: Reason) -> None:
        for ref in (*self._pools.values(), *self._campaigns.values()):
            ref.tell(StopOffering())
        for ref in self._connections.values():
            ref.tell(CloseGate(reason))

    def close(self, *, drain: float | None = None) -> TrioFuture[RunResult]:
        """Stop dialing, let calls in progress end within `drain`, then hang up.

        Returns `finished`. A second call with `drain=0` hangs up at once.
        """
        seconds = self.config.run.drain if drain is None else drain
        self.system.call_soon_threadsafe(self._close, seconds)
        return self.finished

    def _close(self, drain: float) -> None:
        if self.finished_already:
            return
        self._stop_dialing(Reason.CLOSING)
        self._await_calls("closed", drain)

    def _await_calls(self, reason: str, drain: float) -> None:
        first = self._closing is None
        self._closing = self._closing or reason
        if first:
            self._look_for_end(self.system.clock.monotonic() + drain, hung_up=False)
        if drain <= 0:
            self._hang_up_all()

    def _look_for_end(self, hang_up_at: float, *, hung_up: bool) -> None:
        if self._closing == "done":
            return
        if all(self._in_use(ref) == 0 for ref in self._connections.values()):
            self._end(self._closing or "closed")
            return
        if not hung_up and self.system.clock.monotonic() >= hang_up_at:
            self._hang_up_all()
            hung_up = True
        if self.system.clock.monotonic() >= hang_up_at + LAST_SECONDS:
            self._end(self._closing or "closed")
            return
        self.system.call_later(0.05, lambda: self._look_for_end(hang_up_at, hung_up=hung_up))

    def _in_use(self, ref: ActorRef[Any]) -> int:
        actor = ref._actor_weakref()  # on the loop, between messages
        return 0 if actor is None else int(actor.slots.in_use)

    def _hang_up_all(self) -> None:
        for ref in self._campaigns.values():
            ref.tell(HangUpAll("closing"))

    def _end(self, reason: str) -> None:
        if self._closing == "done":
            return
        self._closing = "done"
        unapplied = self._player.end()
        self.observer.emit(EngineStopped(run=self.run, reason=reason))
        failure = None if self._failure is None else str(self._failure)
        self.finished.set(
            RunResult(
                self.run,
                self.seed,
                reason,
                dict(self._results),
                dict(self._stalled),
                failure,
                unapplied,
            )
        )

    # Changes while running

    def flag(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Take a number for spam: when this resolves, no gate lets it through."""
        return self._change_number("flagged", number, by, reason)

    def unflag(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Take a number for spam no longer."""
        return self._change_number("unflagged", number, by, reason)

    def pause_number(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Dial from a number no more until it is resumed."""
        return self._change_number("paused", number, by, reason)

    def resume_number(self, number: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Dial from a paused number again."""
        return self._change_number("resumed", number, by, reason)

    def remove_number(
        self, number: str, *, campaign: str | None = None, by: str = "api", reason: str | None = None
    ) -> TrioFuture[None]:
        """Take a number out of a campaign's pool, or out of the inventory."""
        done: TrioFuture[None] = TrioFuture()
        self._change(
            NumberChange("removed", E164(number), by, reason, () if campaign is None else (campaign,)),
            self._pool_of_number(number),
            RemoveNumber(E164(number), campaign, by, reason, done),
        )
        return done

    def add_number(
        self,
        number: NumberSettings,
        *,
        campaigns: tuple[str, ...],
        by: str = "api",
        reason: str | None = None,
    ) -> TrioFuture[None]:
        """Add a number to the inventory and to campaigns' pools."""
        done: TrioFuture[None] = TrioFuture()
        self._number_tenants[number.number] = number.tenant
        self._change(
            NumberChange("added", number.number, by, reason, campaigns, msgspec.to_builtins(number)),
            self._ref(self._pools, "tenant", number.tenant),
            AddNumber(number, campaigns, by, reason, done),
        )
        return done

    def pause(self, campaign: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Offer nothing for a campaign until it is resumed."""
        return self._change_campaign("paused", campaign, by, reason)

    def resume(self, campaign: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Offer for a paused campaign again."""
        return self._change_campaign("resumed", campaign, by, reason)

    def cancel(self, campaign: str, *, by: str = "api", reason: str | None = None) -> TrioFuture[None]:
        """Dial nobody of a campaign any more; calls in progress go on."""
        return self._change_campaign("canceled", campaign, by, reason)

    def set_connection_limit(
        self, connection: str, limit: int, *, by: str = "api", reason: str | None = None
    ) -> TrioFuture[None]:
        """Change a connection's limit; a lowered one drains."""
        done: TrioFuture[None] = TrioFuture()
        self._change(
            LimitChange(limit, by, reason, connection=connection),
            self._ref(self._connections, "connection", connection),
            SetLimit(limit, by, reason, done),
        )
        return done

    def set_tenant_cap(
        self, tenant: str, limit: int, *, by: str = "api", reason: str | None = None
    ) -> TrioFuture[None]:
        """Change a tenant's cap; a lowered one drains."""
        done: TrioFuture[None] = TrioFuture()
        self._change(
            LimitChange(limit, by, reason, tenant=tenant),
            self._ref(self._tenants, "tenant", tenant),
            SetLimit(limit, by, reason, done),
        )
        return done

    def add_contacts(self, campaign: str, contacts: Sequence[Contact | Mapping[str, str]]) -> TrioFuture[int]:
        """Add contacts to an open campaign, as objects or as rows by column name.

        Raises ContactRefused, before any is added, for the first that can't be
        dialed or has an id or phone that the campaign knows. Resolves to how
        many were added; in real time only when fewer than ten thousand are
        unfinished, so that who waits for it never adds faster than is dialed.
        """
        if self._closing is not None:
            raise EngineClosed("the engine is closing")
        settings = self._campaign_settings.get(campaign)
        if settings is None:
            raise UnknownName("campaign", campaign)
        running = self._running(campaign)
        done: TrioFuture[int] = TrioFuture()
        batch = [contact.fields() if isinstance(contact, Contact) else contact for contact in contacts]
        before = self._added.get(campaign, 0)
        taken = self._intakes[campaign].take_all(before + 1, batch)
        if isinstance(taken, tuple):
            place, row = taken
            who = batch[place].get("id") or batch[place].get("phone", "")
            raise ContactRefused(who, f"{row.reason.value}: {row.detail}")
        self._added[campaign] = before + len(taken)
        rows = [fed_row(row, settings) for row in taken]
        running.tell(AddContacts(rows, done))
        return done

    def close_campaign(self, campaign: str) -> None:
        """Expect no more contacts for a campaign that was kept open."""
        self._running(campaign).tell(CloseFeed())

    def set_disposition(self, campaign: str, contact: str, disposition: str) -> TrioFuture[bool]:
        """Say what a contact's answered call came to; False once it has ended."""
        settings = self._campaign_settings.get(campaign)
        if settings is None:
            raise UnknownName("campaign", campaign)
        if disposition not in settings.dispositions:
            raise UnknownName("disposition", disposition)
        done: TrioFuture[bool] = TrioFuture()
        self._running(campaign).tell(TellDisposition(contact, disposition, done))
        return done

    def breakdown(self, campaign: str) -> TrioFuture[Breakdown]:
        """Work out a campaign's capacity breakdown as it is now."""
        self._running(campaign)
        done: TrioFuture[Breakdown] = TrioFuture()
        self._pool_of_campaign(campaign).tell(AskCapacity(campaign, done))
        return done

    def findings(self, campaign: str) -> TrioFuture[list[Finding]]:
        """List what the doctor finds wrong with a campaign now, in the order in which it began."""
        done: TrioFuture[list[Finding]] = TrioFuture()
        self._pool_of_campaign(campaign).tell(AskFindings(campaign, done))
        return done

    async def why(self, campaign: str, contact: str) -> str:
        """Say what a contact waits for: a reason, or where else it stands."""
        asked: TrioFuture[Any] = TrioFuture()
        self._ref(self._campaigns, "campaign", campaign).tell(AskContact(contact, asked))
        index, standing = await asked
        if standing != "waiting":
            return str(standing)
        done: TrioFuture[Reason | None] = TrioFuture()
        self._pool_of_campaign(campaign).tell(AskWhy(campaign, index, done))
        reason = await done
        return "active" if reason is None else reason.value

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

    def _change_number(self, what: str, number: str, by: str, reason: str | None) -> TrioFuture[None]:
        done: TrioFuture[None] = TrioFuture()
        self._change(
            NumberChange(what, E164(number), by, reason),
            self._pool_of_number(number),
            ChangeNumber(what, E164(number), by, reason, done),
        )
        return done

    def _change_campaign(self, what: str, campaign: str, by: str, reason: str | None) -> TrioFuture[None]:
        done: TrioFuture[None] = TrioFuture()
        self._change(
            CampaignChange(what, campaign, by, reason),
            self._pool_of_campaign(campaign),
            ChangeCampaign(what, campaign, by, reason, done),
        )
        return done

    def _running(self, campaign: str) -> ActorRef[Any]:
        """Find a campaign's actor; one that an earlier life has finished has none."""
        return self._ref(self._campaigns, "running campaign", campaign)

    def _change(self, entry: Change, ref: ActorRef[Any], message: Message) -> None:
        """Have a change made; where a journal is kept, once it is durable."""
        if self._writer is not None and self.journal.keeps:
            self._writer.tell(Record(entry, ref, message))
        else:
            ref.tell(message)

    def _pool_of_number(self, number: str) -> ActorRef[Any]:
        tenant = self._number_tenants.get(E164(number))
        if tenant is None:
            raise UnknownName("number", number)
        return self._ref(self._pools, "tenant", tenant)

    def _pool_of_campaign(self, campaign: str) -> ActorRef[Any]:
        settings = self._campaign_settings.get(campaign)
        if settings is None:
            raise UnknownName("campaign", campaign)
        return self._pools[settings.tenant]

    @staticmethod
    def _ref(refs: Mapping[str, ActorRef[Any]], kind: str, name: str) -> ActorRef[Any]:
        ref = refs.get(name)
        if ref is None:
            raise UnknownName(kind, name)
        return ref


def _scaled(settings: EngineSettings, time_scale: float) -> EngineSettings:
    """Shorten how long calls may ring and last as simulated calls are shortened."""
    campaigns = tuple(
        msgspec.structs.replace(
            one,
            max_ring_seconds=one.max_ring_seconds * time_scale,
            max_call_seconds=one.max_call_seconds * time_scale,
        )
        for one in settings.campaigns
    )
    return msgspec.structs.replace(settings, campaigns=campaigns)


def versions() -> dict[str, str]:
    """Name the versions that a run depends on."""
    return {
        "trunkline": __version__,
        "phone_metadata": phonenumbers.__version__,
        "tz_database": version("tzdata"),
    }


def _teller(ref: ActorRef[Any], stalled: dict[str, str], name: str) -> Callable[[str], None]:
    def tell(reason: str) -> None:
        stalled[name] = reason
        ref.tell(Stall(reason))

    return tell
