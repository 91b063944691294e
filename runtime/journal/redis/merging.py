"""Put together what several daemons know of one contact: pure.

What daemons say may come in any order, twice, and years late: what is kept of
a contact grows by it and is never undone. A call that is over stays over, an
attempt that was counted stays counted, an end stays an end. So it doesn't
matter who says first what Redis has lost, nor whether an older copy of a
contact is said again after a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TypeAlias

import msgspec

from runtime.calls import CallId, Outcome
from runtime.journal.entries import Ended, Finished, Intent, NotPlaced
from runtime.journal.fold import state_after
from runtime.journal.recovered import ContactState
from runtime.journal.redis.kept import Fate, Kept, encode_kept

REACHED = "reached"

_PLACED = (Fate.COUNTED, Fate.FAILED)
_ATTEMPTS = (Fate.COUNTED, Fate.GUESSED)
_WEIGHT = {Fate.VOID: 0, Fate.GUESSED: 1, Fate.FAILED: 2, Fate.COUNTED: 3}
_replace = msgspec.structs.replace


class Over(msgspec.Struct, frozen=True, gc=False):
    """A call has ended, and its intent was this."""

    intent: Intent
    end: Ended


Fact: TypeAlias = Intent | Over | NotPlaced | Finished
"""What a daemon's journal knows of a contact."""


def learn(kept: Kept, fact: Fact) -> Kept:
    """Take in one thing that a daemon knows."""
    if isinstance(fact, Intent):
        return _intended(kept, fact)
    if isinstance(fact, Over):
        return _ended(kept, fact.intent, fact.end)
    if isinstance(fact, NotPlaced):
        return _void(kept, fact)
    if kept.state.result is not None:
        return kept
    return _replace(kept, state=_finished(kept.state, fact.result))


def learn_all(kept: Kept, facts: Iterable[Fact]) -> Kept:
    """Take in what a daemon knows, in its order."""
    return reduce(learn, facts, kept)


def merge(one: Kept, other: Kept) -> Kept:
    """Put two memories of a contact together; of two in one line of history that is the later one."""
    if one == other:
        return one
    earlier, later = sorted((one, other), key=_rank)
    over = _union(one.over, other.over)
    doubts = {kept.call: kept.intent for kept in (earlier, later) if kept.intent is not None}
    intent, over = _most_lasting([each for call, each in doubts.items() if call not in over], over)
    state = _replace(
        later.state,
        attempts=max(one.state.attempts, other.state.attempts),
        carrier_failures=max(one.state.carrier_failures, other.state.carrier_failures),
        reached=one.state.reached or other.state.reached,
    )
    result = later.state.result or earlier.state.result
    if result is not None:
        state = _finished(state, REACHED if REACHED in (one.state.result, other.state.result) else result)
    return Kept(_counted(state, over), intent, over)


def _intended(kept: Kept, intent: Intent) -> Kept:
    if intent.call in kept.over or intent.call == kept.call:
        return kept
    made = intent.grant.attempt - 1  # whoever intended it knew of so many
    state = _replace(kept.state, attempts=max(kept.state.attempts, made))
    doubts = [intent] if kept.intent is None else [intent, kept.intent]
    doubt, over = _most_lasting(doubts, kept.over)
    return Kept(_counted(state, over), doubt, over)


def _ended(kept: Kept, intent: Intent, end: Ended) -> Kept:
    if kept.over.get(end.call) in _PLACED:
        return kept
    before, made = kept.state, intent.grant.attempt - 1
    if kept.over.get(end.call) is Fate.GUESSED:
        before = _replace(before, attempts=before.attempts - 1)
    over = {**kept.over, end.call: Fate.COUNTED if end.counted else Fate.FAILED}
    after = state_after(_replace(before, attempts=max(before.attempts, made)), end, intent)
    if before.result is not None or before.attempts > made or kept.call not in ("", end.call):
        # Somebody has gone on without it: what he decided holds, but for whoever was reached.
        state = _replace(
            before,
            attempts=max(before.attempts, made) + end.counted,
            carrier_failures=after.carrier_failures,
            reached=after.reached,
        )
        if end.line.outcome == Outcome.ANSWERED.value and after.result is not None:
            state = _finished(state, after.result)
    else:
        state = after
    return Kept(_counted(state, over), None if kept.call == end.call else kept.intent, over)


def _void(kept: Kept, entry: NotPlaced) -> Kept:
    if entry.call in kept.over:
        return kept
    over = {**kept.over, entry.call: Fate.VOID}
    if kept.call != entry.call:
        return _replace(kept, over=over)
    state = _replace(kept.state, sticky=None) if entry.sticky_lost else kept.state
    return Kept(state, None, over)


def _finished(state: ContactState, result: str) -> ContactState:
    return _replace(state, result=result, due=None)


def _counted(state: ContactState, over: Mapping[CallId, Fate]) -> ContactState:
    """Count at least the calls that are known one by one."""
    fates = list(over.values())
    return _replace(
        state,
        attempts=max(state.attempts, sum(fate in _ATTEMPTS for fate in fates)),
        carrier_failures=max(state.carrier_failures, fates.count(Fate.FAILED)),
    )


def _union(one: Mapping[CallId, Fate], other: Mapping[CallId, Fate]) -> dict[CallId, Fate]:
    return {call: max(_both(one, other, call), key=_WEIGHT.__getitem__) for call in {**one, **other}}


def _both(one: Mapping[CallId, Fate], other: Mapping[CallId, Fate], call: CallId) -> list[Fate]:
    return [fates[call] for fates in (one, other) if call in fates]


def _most_lasting(
    doubts: list[Intent], over: Mapping[CallId, Fate]
) -> tuple[Intent | None, dict[CallId, Fate]]:
    """Keep the call that may be up longest; another, over by then, counts as an attempt at once."""
    if not doubts:
        return None, dict(over)
    *others, last = sorted(doubts, key=lambda intent: (intent.over_by, intent.call))
    return last, {**over, **{intent.call: Fate.GUESSED for intent in others}}


def _rank(kept: Kept) -> tuple[int, bool, bool, int, bytes]:
    """Order memories of a contact: what comes later in one line of history ranks higher."""
    state = kept.state
    finished, intended = state.result is not None, kept.intent is not None
    return len(kept.over), finished, intended, state.attempts + state.carrier_failures, encode_kept(kept)
