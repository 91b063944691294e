"""The actor that takes and gives back the partitions of a tenant's contacts."""

from __future__ import annotations

from functools import partial
from typing import Any

from actors.messages import Join
from actors.partitions.departing import be_gone, depart, go_on_departing
from actors.partitions.messages import (
    Accounted,
    AllFinished,
    CarryOutBy,
    ChangesRead,
    Compared,
    Counts,
    Depart,
    DepartAnyway,
    FirstToTell,
    Heard,
    InForce,
    LeaseOver,
    Left,
    Look,
    LookedUp,
    LookUp,
    Nudged,
    Read,
    Ready,
    Refused,
    Released,
    SaidAgain,
    Taken,
    TellAgain,
    Told,
)
from actors.partitions.taking import follow, note_left, take_in
from actors.partitions.telling import may_know_more
from actors.partitions.tenant_partitions import TenantPartitions
from runtime.journal.redis.kept import Kept
from runtime.kernel import handles
from runtime.ledger.ledger import Answer
from runtime.ledger.resource import PARTITIONS
from runtime.ledger.statement import Away

LOOK_SECONDS = 0.2
"""How often it is looked whether the ledger is to be told something."""

EARLY_SECONDS = 0.05
"""So long before the end of its lease nothing is begun any more: no call need be taken back."""


class PartitionsActor(TenantPartitions):
    """Holds a tenant's partitions by the ledger, and hands them to its campaigns."""

    def on_start(self) -> None:
        self.held_until(self.holder.deadline, self.holder.epoch)
        self.after(LOOK_SECONDS, Look())

    @handles(Join)
    def join(self, message: Join) -> None:
        """Get to know a campaign, before any partition comes."""
        self.campaigns[message.campaign] = message.ref
        self.completion.join(message.campaign)

    @handles(Ready)
    def ready(self, message: Ready) -> None:
        """Compare what a campaign has read with what the others have."""
        tell, campaign = self.actor_ref.tell, message.campaign

        def compared(same: bool) -> None:
            tell(Compared(campaign, same))

        self.store.compare(self.name, campaign, message.digest or "", compared)

    @handles(Compared)
    def compared(self, message: Compared) -> None:
        """Take partitions when every campaign has read its contacts; stop where they are others."""
        if not message.same:
            self.supervisor.stop(
                f"campaign {message.campaign!r} has other contacts here than at another daemon: "
                "give all the same file, or this fleet another namespace"
            )
            return
        self.completion.has_read(message.campaign)
        self._look()

    # The ledger

    @handles(Look)
    def look(self, message: Look) -> None:
        """State what is held where it is due, and read whether all is finished."""
        if self.departing is not None:
            return
        self.after(LOOK_SECONDS, message)
        self._look()

    def _look(self, *, at_once: bool = False) -> None:
        now = self.boot()
        held = self.turnover.all
        wants = PARTITIONS - len(held) if self.completion.wants_partitions else 0
        if at_once or now >= self.holder.due(len(held), wants):
            self._state(now, held, wants)
        self._read()

    def _state(self, now: float, held: frozenset[int], wants: int) -> None:
        statement = self.holder.state(now, len(held), wants, units=held, told=self.told_up_to)
        tell = self.actor_ref.tell
        self.ledger.state([statement], lambda answers: tell(Heard(tuple(answers))))

    @handles(Heard)
    def heard(self, message: Heard) -> None:
        """Take over what has come, and stop what is to go."""
        for answer in message.answers:
            self._hear(answer)
        if self.nudged and not self.holder.waiting:
            self._look_now()

    @handles(Nudged)
    def hear_nudge(self, message: Nudged) -> None:
        """Ask the ledger at once what all are told, or as soon as it has answered."""
        self.nudged = True
        if not self.holder.waiting:
            self._look_now()

    def _look_now(self) -> None:
        self.nudged = False
        if self.departing is None:
            self._look(at_once=True)

    def _hear(self, answer: Answer) -> None:
        holder, now = self.holder, self.boot()
        if isinstance(answer, Away):
            holder.missed()
            heard = False
        else:
            generation = holder.generation
            heard = holder.hear(answer, now)
            self.heard_of |= holder.others.keys()
            if holder.generation != generation:  # what the ledger has lost, the contacts may have lost too
                self._say_again()
        if self.departing is not None:
            go_on_departing(self, heard=heard)
        if not heard or self.departing is not None:
            return
        self.held_until(holder.deadline, holder.epoch)
        if self.lapse is not None:
            self.lapse.cancel()
        self.lapse = self.after(max(0.0, holder.deadline - now - EARLY_SECONDS), LeaseOver())
        self.telling.heard(holder.told, holder.generation)
        self._share_changes()
        # Nothing new is begun before everything is in force that was when it came here.
        silent = self.said_in != holder.generation
        behind = silent or self.telling.is_behind or may_know_more(holder.others.values())
        units = holder.units & self.turnover.all if behind else holder.units
        follow(self, self.turnover.heard(units, holder.surplus(), holder.epoch))

    def _say_again(self) -> None:
        tell, generation = self.actor_ref.tell, self.holder.generation
        self.store.verify(self.name, sorted(self.heard_of), lambda: tell(SaidAgain(generation)))

    @handles(SaidAgain)
    def said_again(self, message: SaidAgain) -> None:
        """Tell the others that nothing is known here any more that the store doesn't know."""
        self.said_in = message.generation
        if not self.holder.waiting and self.departing is None:
            self._look(at_once=True)

    # What all daemons are told

    @handles(CarryOutBy)
    def carry_out_by(self, message: CarryOutBy) -> None:
        """Learn how a change is carried out."""
        self.carry_out = message.carry_out

    def _share_changes(self) -> None:
        if self.telling.asks():
            tell = self.actor_ref.tell
            self.store.share_changes(self.name, self.telling.known, lambda book: tell(ChangesRead(book)))

    @handles(ChangesRead)
    def changes_read(self, message: ChangesRead) -> None:
        """Carry out what is new."""
        tell = self.actor_ref.tell
        changes = self.telling.read(message.book)
        for change in changes:
            self.carry_out(change, partial(tell, InForce()))
        if not changes:
            self._confirm()

    @handles(InForce)
    def in_force(self, message: InForce) -> None:
        """Confirm what all were told when the last of it is in force."""
        if self.telling.carried_out():
            self._confirm()

    def _confirm(self) -> None:
        """Say at once what is in force: somebody waits for it."""
        self._share_changes()
        if not self.holder.waiting and self.departing is None:
            self._look(at_once=True)

    @handles(LookUp)
    def look_up(self, message: LookUp) -> None:
        """Read what is kept of a campaign's contacts whose calls are in doubt."""
        tell, asked = self.campaigns[message.campaign].tell, message.contacts

        def looked_up(kept: list[Kept | None]) -> None:
            tell(LookedUp([(index, one) for (index, _, _), one in zip(asked, kept, strict=True)]))

        places = [(partition, contact) for _, partition, contact in asked]
        self.store.look_up(self.name, message.campaign, places, looked_up)

    @handles(LeaseOver)
    def lease_over(self, message: LeaseOver) -> None:
        """Begin nothing more: somebody else may have every partition."""
        follow(self, self.turnover.lapse())

    @handles(Taken)
    def taken(self, message: Taken) -> None:
        """Hand what has been taken over to the campaigns."""
        take_in(self, message)

    @handles(Refused)
    def refused(self, message: Refused) -> None:
        """Take a partition over anew where the ledger still counts it as ours."""
        if self.boot() < self.holder.deadline:
            follow(self, self.turnover.refused(message.partition))

    # Giving back

    @handles(Left)
    def left(self, message: Left) -> None:
        """Note that a campaign has left partitions; with the last one the store lets them go."""
        note_left(self, message)

    @handles(Released)
    def released(self, message: Released) -> None:
        """Hand a partition back with the next statement."""
        self.turnover.left(message.partition)

    # The end

    @handles(Accounted)
    def accounted(self, message: Accounted) -> None:
        """Tell everybody that partitions are finished."""
        self.completion.finished(message.campaign, frozenset(message.counts))
        tell, campaign = self.actor_ref.tell, message.campaign

        def told(first: frozenset[int]) -> None:
            tell(Told(campaign, first))

        self.store.tell_finished(self.name, campaign, message.counts, told)

    @handles(Told)
    def told(self, message: Told) -> None:
        """Let the campaign tell of the rows that are its own to tell of."""
        self.campaigns[message.campaign].tell(FirstToTell(message.first))

    def _read(self) -> None:
        """Read whether the others have finished too, where nothing is left to do here."""
        if not self.completion.asks(self.boot()):
            return
        tell = self.actor_ref.tell

        def read(finished: dict[str, dict[int, Counts]]) -> None:
            tell(Read(finished))

        self.store.read_finished(self.name, read)

    @handles(Read)
    def read(self, message: Read) -> None:
        """End the campaigns of which every partition is finished."""
        verdict = self.completion.read(message.finished, self.turnover.here)
        for name, total in verdict.over.items():
            self.campaigns[name].tell(AllFinished(name, total))
        for name, untold in verdict.untold.items():
            self.campaigns[name].tell(TellAgain(untold))

    @handles(Depart)
    def depart(self, message: Depart) -> None:
        """Give every partition back; nothing is begun any more."""
        depart(self, message.then)

    @handles(DepartAnyway)
    def depart_anyway(self, message: DepartAnyway) -> None:
        """Wait no longer for the ledger."""
        be_gone(self)

    # After a crash

    def rebuild(self) -> None:
        """Keep everything: each of it is a fact."""

    def handle_again(self, message: Any) -> None:
        """Go on where the ledger's next answer finds it."""
        if isinstance(message, Look):
            self.after(LOOK_SECONDS, message)
        elif not isinstance(message, Heard):
            super().handle_again(message)
