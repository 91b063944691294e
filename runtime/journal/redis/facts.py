"""Find in a daemon's journal what Redis may have lost of it: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from runtime.calls import CallId
from runtime.journal.entries import AnyEntry, Ended, Finished, Intent, NotPlaced
from runtime.journal.redis.kept import Field, field_of
from runtime.journal.redis.merging import Fact, Over
from runtime.journal.redis.states import Unit, field_of_call, unit_of
from runtime.partitions import partition_of

Facts: TypeAlias = dict[Unit, dict[Field, list[Fact]]]
"""What is known of contacts, by partition, in the order in which it came to be."""

Entries: TypeAlias = Callable[[int], Iterator[tuple[int, AnyEntry]]]
"""Gives a journal's entries after a position, each with its own."""


def facts_after(entries: Entries, tenant: str, position: int, intended_until: int) -> Facts:
    """Find all that the journal knows of a tenant's contacts from after a position on.

    Calls count whose intents stand up to `intended_until`: nobody has acted
    on later ones.
    """
    lost = [
        (at, entry)
        for at, entry in entries(position)
        if isinstance(entry, Intent | Ended | NotPlaced | Finished)
    ]
    if not lost:
        return {}
    intents = {entry.call: entry for _, entry in entries(0) if isinstance(entry, Intent)}
    intents |= {
        entry.call: entry.of for _, entry in lost if isinstance(entry, Ended) and entry.of is not None
    }
    units = {field_of_call(intent): unit_of(intent) for intent in intents.values()}
    tenants = {intent.grant.campaign: intent.grant.tenant or "" for intent in intents.values()}
    for _, entry in lost:
        if isinstance(entry, Finished) and entry.to is not None and entry.campaign in tenants:
            unit = tenants[entry.campaign], partition_of(entry.to)
            units.setdefault(field_of(entry.campaign, entry.contact), unit)
    over = {entry.call for _, entry in lost if isinstance(entry, Ended | NotPlaced)}
    later = {entry.call for at, entry in lost if isinstance(entry, Intent) and at > intended_until}
    found: Facts = {}
    for _, entry in lost:
        if isinstance(entry, Intent) and entry.call in over:
            continue
        if not isinstance(entry, Finished) and entry.call in later:
            continue
        field, fact = _fact(entry, intents)
        of = None if field is None else units.get(field)
        if field is not None and fact is not None and of is not None and of[0] == tenant:
            found.setdefault(of, {}).setdefault(field, []).append(fact)
    return found


def _fact(entry: AnyEntry, intents: dict[CallId, Intent]) -> tuple[Field | None, Fact | None]:
    if isinstance(entry, Finished):
        return field_of(entry.campaign, entry.contact), entry
    if isinstance(entry, Intent):
        return field_of_call(entry), entry
    assert isinstance(entry, Ended | NotPlaced)
    intent = intents.get(entry.call)
    if intent is None:
        return None, None
    return field_of_call(intent), Over(intent, entry) if isinstance(entry, Ended) else entry
