"""Rules that are broken on purpose: the simulation has to find each of them.

A simulation that finds nothing may be blind. Each mutant breaks one rule of
the engine, in this process and for good, so it is applied in processes of its
own. `invariants` are those by which it may be found out: the one it is meant
for first, then what it breaks besides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

import actors.contact.actor as contact_module
from actors.campaign import taking_over
from actors.campaign.progress import Campaign
from actors.connection.actor import ConnectionActor
from actors.connection.rate import CallRate
from actors.contact import ending, gate
from actors.contact.actor import ContactActor
from actors.contact.step import Step
from actors.messages import (
    AttemptEnded,
    Bar,
    Decision,
    Granted,
    Hold,
    Message,
    PartyFree,
    RateFree,
    Refused,
    Reserve,
)
from actors.pool.actor import PoolActor
from actors.pool.campaign import PoolCampaign
from actors.pool.changes import Changes
from actors.pool.inventory import PooledNumber
from actors.pool.tenant_pool import TenantPool
from actors.slots import Slots
from actors.tenant.actor import TenantActor
from runtime.journal.entries import Ended, Started
from runtime.journal.fold import Fold
from runtime.journal.recovered import Recovered
from runtime.journal.simulated import SimulatedDisk, SimulatedWriter, Sync
from runtime.kernel import EngineActor
from runtime.observe.events import CallEnded
from trunkline import resume as resume_module


class Mutant(NamedTuple):
    """A broken rule: its name, by what it is found, and how to break it."""

    name: str
    invariants: tuple[int, ...]
    apply: Callable[[], None]


def release_a_slot_twice() -> None:
    """Each release frees another call's slot too."""
    release = Slots.release

    def twice(self: Slots[Any], call: Any) -> Any:
        lease = release(self, call)
        if lease is not None and self.leases:
            release(self, next(iter(self.leases)))
        return lease

    Slots.release = twice  # type: ignore[method-assign]  # that is what a mutant does


def write_the_intent_after_the_call() -> None:
    """The attempt goes to the gate before its intent is durable."""

    def granted(self: ContactActor, message: Granted) -> None:
        ContactActor.granted(self, message)
        if self.step is Step.INTENDING:
            gate.go_to_gate(self, None)

    _handle(ContactActor, Granted, granted)


def keep_the_sticky_of_a_flagged_number() -> None:
    """A flagged number still stands."""
    PooledNumber.standing = property(lambda self: not (self.paused or self.removed))  # type: ignore[assignment,method-assign]  # likewise
    bar = ConnectionActor.bar

    def let_flagged_through(self: ConnectionActor, message: Bar) -> None:
        bar(self, message)
        self.barred = {one for one in self.barred if one[0].value != "number"}

    _handle(ConnectionActor, Bar, let_flagged_through)


def lose_the_wake_up_of_a_free_phone() -> None:
    """Who waited for a phone number is not woken when it is free."""
    _handle(PoolActor, PartyFree, lambda self, message: None)


def lose_the_wake_up_of_a_free_instant() -> None:
    """Nobody is told that the call rate has room again."""

    def forget(self: ConnectionActor, message: RateFree) -> None:
        self.rate_timer = None

    _handle(ConnectionActor, RateFree, forget)


def free_slots_in_doubt_at_restart() -> None:
    """Calls that an earlier life has placed hold no slot of their connection."""

    def forget(self: ConnectionActor, message: Hold) -> None:
        ConnectionActor.hold(self, message)
        self.slots.leases.pop(message.call)

    _handle(ConnectionActor, Hold, forget)


def acknowledge_before_the_sync() -> None:
    """A batch is answered when it is written, not when it is safe."""
    write, sync = SimulatedDisk.write, SimulatedWriter.sync

    def answer(self: SimulatedWriter, message: Sync) -> None:
        sync(self, message)

    def early(self: SimulatedDisk, entries: Any) -> None:
        writer: Any = self.owner
        if writer is not None and writer._batch:
            batch = writer._batch
            writer._answer(self.position)
            writer._batch = [msgspec.structs.replace(one, ref=None) for one in batch]
        write(self, entries)

    SimulatedDisk.write = early  # type: ignore[method-assign]  # likewise
    _handle(SimulatedWriter, Sync, answer)


def skip_the_ledger_of_the_tenant() -> None:
    """A tenant grants whatever it is asked for."""

    def reserve(self: TenantActor, message: Reserve) -> None:
        if message.party not in self.parties:
            self.slots.leases[message.call] = message.party
            self.parties.add(message.party)
            message.ref.tell(Granted(message.call, "tenant", self.slots.in_use, self.slots.source.limit))
        else:
            TenantActor.reserve(self, message)

    _handle(TenantActor, Reserve, reserve)


def call_a_phone_twice_at_once() -> None:
    """Nobody looks whom the tenant is talking to."""

    def reserve(self: TenantActor, message: Reserve) -> None:
        self.parties.discard(message.party)
        TenantActor.reserve(self, message)

    _handle(TenantActor, Reserve, reserve)


def try_once_too_often() -> None:
    """Attempts are counted from one too few."""
    decide: Any = vars(ending)["next_attempt"]

    def generous(settings: Any, ended: Any, now: float) -> Any:
        return decide(msgspec.structs.replace(settings, max_attempts=settings.max_attempts + 1), ended, now)

    vars(ending)["next_attempt"] = generous


def end_twice_after_a_late_event() -> None:
    """An event of a call that is over ends it once more."""
    report = ConnectionActor.report

    def again(self: ConnectionActor, event: Any) -> None:
        report(self, event)
        if event.call not in self.slots.leases:
            ended = CallEnded(
                campaign=event.call.split("-", 1)[1].rsplit("-", 1)[0],
                call=event.call,
                contact="",
                number="",
                connection=self.name,
                outcome="unknown",
                disposition=None,
                ring_seconds=None,
                talk_seconds=None,
                cause=None,
            )
            self.observer.emit(ended)

    ConnectionActor.report = again  # type: ignore[method-assign]  # likewise


def let_the_watchdog_race_the_event() -> None:
    """A call counts as over as soon as it is hung up."""
    vars(contact_module)["HANGUP_GRACE_SECONDS"] = 0.001


def say_too_early_that_a_flag_is_in_force() -> None:
    """A flag is logged and answered before the gates have heard of it."""

    def bar(
        self: Changes, message: Any, connections: Any, scope: Any, campaign: Any, apply: Any, then: Any
    ) -> None:
        then()

    Changes._bar = bar  # type: ignore[method-assign]  # likewise


def count_an_outcome_twice() -> None:
    """Each outcome counts twice for its number."""
    record = PoolCampaign.record

    def twice(self: PoolCampaign, number: PooledNumber, outcome: Any, held: Any = None) -> None:
        record(self, number, outcome, held)
        record(self, number, outcome, held)

    PoolCampaign.record = twice  # type: ignore[method-assign]  # likewise


def forget_doubt_at_the_second_restart() -> None:
    """What was in doubt is no more once another life has begun."""
    add = Fold.add

    def forgetful(self: Fold, entry: Any) -> None:
        if isinstance(entry, Started):
            self.in_doubt.clear()
        add(self, entry)

    Fold.add = forgetful  # type: ignore[method-assign]  # likewise


def choose_by_the_order_of_a_set() -> None:
    """A campaign's numbers are lined up in the order of a set of strings."""
    init: Any = TenantPool.__init__

    def shuffled(self: TenantPool, *args: Any, **kwargs: Any) -> None:
        campaigns = [msgspec.structs.replace(one, pool=tuple(set(one.pool))) for one in args[4]]
        init(self, *args[:4], campaigns, *args[5:], **kwargs)

    TenantPool.__init__ = shuffled  # type: ignore[method-assign]  # likewise


def forget_due_times_at_restart() -> None:
    """After a restart every retry is due at once."""

    def at_once(campaign: Campaign, ended: AttemptEnded, excluded: Any) -> None:
        if ended.decision is Decision.RETRY:
            ended = msgspec.structs.replace(ended, due=campaign.now)
        wait_again(campaign, ended, excluded)

    wait_again = taking_over.wait_again
    taking_over.wait_again = at_once


def forget_the_day_at_restart() -> None:
    """After a restart a number's day begins anew."""
    resume_module.dialed_today = lambda recovered, numbers, now: {}


def start_with_a_full_rate_at_restart() -> None:
    """After a restart nobody asks how many calls were placed just now."""
    CallRate.fill = lambda self, now: None  # type: ignore[method-assign]  # likewise


def forget_that_a_campaign_was_paused() -> None:
    """After a restart nothing that an operator has changed holds."""
    resume_module.surviving = lambda changes, old, new: ()


def lose_the_end_of_a_batch() -> None:
    """The last end of a synced batch isn't written, though it is acknowledged."""
    keep = SimulatedDisk._keep

    def lossy(self: SimulatedDisk, entries: Any) -> None:
        last = entries[-1] if entries else None
        if isinstance(last, Ended) and self.position % 7 == 0:
            entries = entries[:-1]
        keep(self, entries)

    SimulatedDisk._keep = lossy  # type: ignore[method-assign]  # likewise


def use_an_attempts_name_again() -> None:
    """Calls of a later life are named like those of the first."""
    init = Campaign.__init__

    def renamed(self: Campaign, *args: Any, **kwargs: Any) -> None:
        kwargs["run"] = kwargs["run"].split(".")[0]
        init(self, *args, **kwargs)

    Campaign.__init__ = renamed  # type: ignore[method-assign]  # likewise


def forget_stickies_at_restart() -> None:
    """The journal's contacts have no number of their own any more."""
    recovered = Fold.recovered

    def without(self: Fold) -> Recovered | None:
        state = recovered(self)
        if state is None:
            return None
        campaigns = {
            name: msgspec.structs.replace(
                held,
                contacts={
                    index: msgspec.structs.replace(one, sticky=None) for index, one in held.contacts.items()
                },
            )
            for name, held in state.campaigns.items()
        }
        return msgspec.structs.replace(state, campaigns=campaigns)

    Fold.recovered = without  # type: ignore[method-assign]  # likewise


def leak_what_a_refused_attempt_held() -> None:
    """An attempt that the tenant refuses keeps its slot of the connection."""

    def refused(self: ContactActor, message: Refused) -> None:
        self.connection_grant = None
        ContactActor.refused(self, message)

    _handle(ContactActor, Refused, refused)


MUTANTS: tuple[Mutant, ...] = (
    Mutant("a slot is released twice", (9, 1, 2), release_a_slot_twice),
    Mutant("an intent is written after the call", (6,), write_the_intent_after_the_call),
    Mutant("a sticky is kept for a flagged number", (13,), keep_the_sticky_of_a_flagged_number),
    Mutant("a wake-up is lost: a phone is free", (16,), lose_the_wake_up_of_a_free_phone),
    Mutant("a wake-up is lost: the rate has room", (16,), lose_the_wake_up_of_a_free_instant),
    Mutant("slots in doubt are freed at restart", (1, 9), free_slots_in_doubt_at_restart),
    Mutant("an acknowledgement comes before the sync", (6, 7), acknowledge_before_the_sync),
    Mutant("the tenant's ledger is skipped", (2,), skip_the_ledger_of_the_tenant),
    Mutant("a phone is called twice at once", (4,), call_a_phone_twice_at_once),
    Mutant("max_attempts is off by one", (5,), try_once_too_often),
    Mutant("a late event ends a call twice", (8,), end_twice_after_a_late_event),
    Mutant("the watchdog races the event", (9,), let_the_watchdog_race_the_event),
    Mutant("a flag is told before it is in force", (13,), say_too_early_that_a_flag_is_in_force),
    Mutant("an outcome counts twice", (14,), count_an_outcome_twice),
    Mutant("recovery is not idempotent", (15, 1, 2, 4, 8), forget_doubt_at_the_second_restart),
    Mutant("due times are lost at restart", (8,), forget_due_times_at_restart),
    Mutant("day counts are lost at restart", (3,), forget_the_day_at_restart),
    Mutant("the call rate is lost at restart", (3,), start_with_a_full_rate_at_restart),
    Mutant("an operator's change is lost at restart", (13, 1, 2), forget_that_a_campaign_was_paused),
    Mutant("an acknowledged end is lost", (7, 8, 14), lose_the_end_of_a_batch),
    Mutant("an attempt's name is used again", (5, 8), use_an_attempts_name_again),
    Mutant("stickies are lost at restart", (13,), forget_stickies_at_restart),
    Mutant("a refused attempt keeps a slot", (16, 9), leak_what_a_refused_attempt_held),
)
"""Every one is found by the judge's rules; see also `SET_ORDER`."""

SET_ORDER = Mutant("a choice goes by the order of a set", (17,), choose_by_the_order_of_a_set)
"""No rule finds this one: only a replay under another PYTHONHASHSEED does."""


def _handle(cls: type[EngineActor], message: type[Message] | type[msgspec.Struct], handler: Any) -> None:
    cls._table[message] = handler
