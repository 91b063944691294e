"""Work out what Redis is to be told of each entry: pure, and knows no socket.

A daemon remembers every contact of its partitions that was ever called, so
that one write says all of it, and all can be said again where Redis has lost
what it was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from runtime.calls import CallId
from runtime.journal.entries import AnyEntry, Ended, Finished, Intent, NotPlaced
from runtime.journal.redis.kept import Field, Kept, field_of
from runtime.journal.redis.merging import Fact, Over, learn
from runtime.partitions import partition_of

Unit: TypeAlias = tuple[str, int]
"""A tenant's partition."""

_FRESH = Kept()
_replace = msgspec.structs.replace


class Change(msgspec.Struct, frozen=True, gc=False):
    """What a contact is to be from now on.

    `what` is "intend", "end" or "finish": an intent and a contact's end need
    the partition, a call's end needs that this call is in doubt. `kept` is
    None where the state before is known to Redis alone: `fact` follows it.
    """

    unit: Unit
    what: str
    field: Field
    call: CallId
    kept: Kept | None
    entry: AnyEntry
    fact: Fact


class States:
    """The contacts of the partitions that are held, and every call under way.

    `earlier` are calls in doubt of this journal's earlier life: their ends
    are written whoever holds their partitions by now.
    """

    def __init__(self, earlier: Iterable[Intent]) -> None:
        self.epochs: dict[Unit, int] = {}
        self.highest = 0
        """The highest epoch in which anything was held."""
        self._kept: dict[Unit, dict[Field, Kept]] = {}
        self._lost: dict[Unit, tuple[int, dict[Field, Kept]]] = {}
        """What is remembered of partitions that were lost, and the epoch in which they were held."""
        self._under_way: dict[CallId, tuple[Unit, Field, Intent]] = {}
        self.remember(earlier)

    def remember(self, intents: Iterable[Intent]) -> None:
        """Know calls of an earlier life, whose contacts only Redis knows."""
        for intent in intents:
            self._under_way.setdefault(intent.call, (unit_of(intent), field_of_call(intent), intent))

    def hold(self, unit: Unit, epoch: int, kept: Mapping[Field, Kept]) -> None:
        """Take a partition over, with what Redis knows of its contacts."""
        self.epochs[unit] = epoch
        self.highest = max(self.highest, epoch)
        self._kept[unit] = dict(kept)
        self._lost.pop(unit, None)
        for field, one in kept.items():
            if one.intent is not None:
                self._under_way[one.call] = (unit, field, one.intent)

    def leave(self, unit: Unit) -> None:
        """Hold a partition no more; its calls that go on are remembered until their end."""
        self.epochs.pop(unit, None)
        self._kept.pop(unit, None)
        self._lost.pop(unit, None)

    def lose(self, unit: Unit) -> None:
        """Hold a partition no more, unasked: what is remembered may be needed until somebody has it."""
        epoch, kept = self.epochs.pop(unit, None), self._kept.pop(unit, None)
        if epoch is not None and kept is not None:
            self._lost[unit] = epoch, kept

    def forget(self, unit: Unit) -> None:
        """Remember a partition no more that was lost, unless it came back."""
        self._lost.pop(unit, None)

    def remembered(self, tenant: str) -> list[tuple[Unit, int, dict[Field, Kept]]]:
        """List what is known of a tenant's partitions, each with the epoch in which it was held."""
        held = [(unit, self.epochs[unit], kept) for unit, kept in self._kept.items()]
        lost = [(unit, epoch, kept) for unit, (epoch, kept) in self._lost.items()]
        return [one for one in (*held, *lost) if one[0][0] == tenant]

    def learn(self, unit: Unit, field: Field, kept: Kept | None) -> None:
        """Follow another daemon that has said how its call ended with a contact that is held here."""
        contacts = self._kept.get(unit)
        known = None if contacts is None else contacts.get(field)
        if contacts is None or known is None or kept is None or known.intent is None:
            return
        if known.call != kept.call:
            self._under_way.pop(known.call, None)
            contacts[field] = kept

    def change_by(self, entry: AnyEntry) -> Change | None:
        """Work out what an entry changes; None where that is nothing, or not for us to say."""
        if type(entry) is Intent:
            return self._intend(entry)
        if isinstance(entry, (Ended, NotPlaced)):
            return self._end(entry)
        if isinstance(entry, Finished):
            return self._finish(entry)
        return None

    def refuse(self, intent: Intent) -> None:
        """Forget a call that Redis has not taken: nobody places it."""
        known = self._under_way.pop(intent.call, None)
        if known is None:
            return
        unit, field, _ = known
        contacts = self._kept.get(unit, {})
        if field in contacts and contacts[field].call == intent.call:
            contacts[field] = _replace(contacts[field], intent=None)

    def _intend(self, intent: Intent) -> Change | None:
        unit, field = unit_of(intent), field_of_call(intent)
        contacts = self._kept.get(unit)
        if contacts is None:
            return None
        kept = contacts[field] = _replace(contacts.get(field, _FRESH), intent=intent)
        self._under_way[intent.call] = (unit, field, intent)
        return Change(unit, "intend", field, intent.call, kept, intent, intent)

    def _end(self, entry: Ended | NotPlaced) -> Change | None:
        known = self._under_way.pop(entry.call, None)
        if known is None:
            return None
        unit, field, intent = known
        fact = Over(intent, entry) if isinstance(entry, Ended) else entry
        kept = _learn_of(self._kept.get(unit), field, fact, entry.call)
        if unit in self._lost:
            _learn_of(self._lost[unit][1], field, fact, entry.call)
        return Change(unit, "end", field, entry.call, kept, entry, fact)

    def _finish(self, entry: Finished) -> Change | None:
        field = field_of(entry.campaign, entry.contact)
        for unit, contacts in self._kept.items():
            before = contacts.get(field)
            if before is not None and before.intent is None:
                kept = contacts[field] = learn(before, entry)
                return Change(unit, "finish", field, CallId(""), kept, entry, entry)
        return None


def _learn_of(contacts: dict[Field, Kept] | None, field: Field, fact: Fact, call: CallId) -> Kept | None:
    """Follow the end of a call that is in doubt in memory; None where it isn't."""
    before = None if contacts is None else contacts.get(field)
    if contacts is None or before is None or before.call != call:
        return None
    kept = contacts[field] = learn(before, fact)
    return kept


def unit_of(intent: Intent) -> Unit:
    """Find the partition of an intended call."""
    return intent.grant.tenant or "", partition_of(intent.to)


def field_of_call(intent: Intent) -> Field:
    """Name the contact of an intended call."""
    return field_of(intent.grant.campaign or "", intent.grant.contact)
