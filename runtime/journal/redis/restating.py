"""Say again what Redis has lost: what a daemon remembers, and what its journal knows.

Memory is of the partitions that it holds, or has left lately: also of what
other daemons did there before. The journal is of all that it has done itself,
in this life and in earlier ones, from where Redis ends on. Both are put
together with what Redis has, so that it doesn't matter who speaks first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from runtime.journal.redis.facts import Entries, Facts, facts_after
from runtime.journal.redis.kept import Field, Kept, decode_kept, encode_kept
from runtime.journal.redis.link import ContactsLink, Page, Put
from runtime.journal.redis.merging import Fact, learn_all, merge
from runtime.journal.redis.states import States, Unit

PARTITIONS_AT_ONCE = 16
"""So many partitions are read by one command."""

_NOTHING: Mapping[Field, Kept] = {}
_FRESH = Kept()


class Restating:
    """A daemon's way to say again what it knows.

    `entries` gives those of its journal after a position. `refused` is told
    of a partition that another daemon has, or of which another knew more:
    it is to be taken over anew.
    """

    def __init__(
        self, link: ContactsLink, states: States, entries: Entries, refused: Callable[[Unit], None]
    ) -> None:
        self._link = link
        self._states = states
        self._entries = entries
        self._refused = refused

    def verify(self, tenant: str, writer: str, position: int, daemons: Iterable[str] = ()) -> str:
        """See whether Redis may have lost something, and say all again if so; returns the server's life.

        All up to `position` had been acknowledged, or may have been. `daemons`
        are those that this one has heard of.
        """
        known = tuple(daemons)
        while True:
            standing = self._link.standing(tenant, writer)
            if not standing.complete or standing.position < position:
                self._say_again(tenant, writer, standing.position, position)
            if self._link.enter(tenant, writer, position, standing.life, self._states.highest, known):
                return standing.life

    def add(self, tenant: str, facts: Facts) -> None:
        """Put facts about contacts together with what is known of them, whoever holds them."""
        self._put_all(tenant, "", facts, {}, {})

    def _say_again(self, tenant: str, writer: str, position: int, until: int) -> None:
        facts = facts_after(self._entries, tenant, position, until)
        held: dict[Unit, int] = {}
        memory: dict[Unit, Mapping[Field, Kept]] = {}
        for unit, epoch, kept in self._states.remembered(tenant):
            memory[unit] = kept
            if unit in self._states.epochs:
                held[unit] = epoch
        self._put_all(tenant, writer, facts, memory, held)

    def _put_all(
        self,
        tenant: str,
        writer: str,
        facts: Facts,
        memory: Mapping[Unit, Mapping[Field, Kept]],
        held: Mapping[Unit, int],
    ) -> None:
        waiting = sorted({*facts, *memory})
        while waiting:
            some, waiting = waiting[:PARTITIONS_AT_ONCE], waiting[PARTITIONS_AT_ONCE:]
            places = {
                unit[1]: None if unit in held else _named(facts.get(unit, {}), memory.get(unit, _NOTHING))
                for unit in some
            }
            pages = self._link.read(tenant, {at: one for at, one in places.items() if one is None or one})
            for unit in some:
                if unit[1] not in pages:
                    continue
                page, known = pages[unit[1]], memory.get(unit, _NOTHING)
                whole = _whole(page, facts.get(unit, {}), known)
                news = _unlike(whole, page)
                epoch = held.get(unit, 0)
                if not epoch and not news:
                    continue
                put = self._link.put(tenant, unit[1], epoch, page, news, news=True)
                if put is Put.AGAIN:
                    waiting.append(unit)
                elif epoch and (put is Put.HELD or _others_know_more(whole, known, writer)):
                    self._states.leave(unit)
                    self._refused(unit)


def _named(facts: Collection[Field], memory: Collection[Field]) -> list[Field]:
    return sorted({*facts, *memory})


def _whole(page: Page, facts: Mapping[Field, list[Fact]], memory: Mapping[Field, Kept]) -> dict[Field, Kept]:
    """Put together what Redis has, what is remembered, and what the journal knows."""
    whole: dict[Field, Kept] = {}
    for field in sorted({*page.values, *facts, *memory}):
        value, mine = page.values.get(field), memory.get(field)
        if value is None:
            kept = mine or _FRESH
        elif mine is None:
            kept = decode_kept(value)
        else:
            kept = mine if encode_kept(mine) == value else merge(mine, decode_kept(value))
        whole[field] = learn_all(kept, facts.get(field, ()))
    return whole


def _unlike(whole: Mapping[Field, Kept], page: Page) -> dict[Field, Kept]:
    return {field: kept for field, kept in whole.items() if encode_kept(kept) != page.values.get(field)}


def _others_know_more(whole: Mapping[Field, Kept], memory: Mapping[Field, Kept], writer: str) -> bool:
    """Tell whether a holder must read its contacts again.

    Of another daemon's call in doubt it asks by itself how it has ended.
    """
    mine = ((kept, memory.get(field, _FRESH)) for field, kept in whole.items())
    return any(
        (kept.state, kept.call) != (known.state, known.call) and not _is_anothers(known, writer)
        for kept, known in mine
    )


def _is_anothers(kept: Kept, writer: str) -> bool:
    return kept.intent is not None and not kept.call.startswith(f"{writer}-")
