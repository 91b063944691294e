"""Mutants of a call's lines, and of the log as a whole."""

from __future__ import annotations

from typing import Any

from runtime.observe import events as e
from tests.trunkline.audit.conftest import CALIFORNIANS, EAST, Entries
from tests.trunkline.audit.editing import TENANT, call_of, drop, edit, find, grant, insert, repeat, settings
from tests.trunkline.audit.mutants.mutant import Mutant


def _stopped_early(log: Entries) -> Entries:
    busy = grant(log, lambda event: event.attempt == 2)
    return insert(log[: busy + 1], busy, e.EngineStopped(run="run", reason="closed"))[: busy + 1]


def _repeated_end(log: Entries) -> Entries:
    return repeat(log, find(log, e.CallEnded))


def _repeated_ring(log: Entries) -> Entries:
    return repeat(log, find(log, e.CallRinging))


def _rings_late(log: Entries) -> Entries:
    answered = find(log, e.CallAnswered)
    call = call_of(log, answered)
    ringing: Any = log[find(log, e.CallRinging, lambda event: event.call == call)][1]
    return insert(drop(log, find(log, e.CallRinging, lambda event: event.call == call)), answered, ringing)


def _journal_away(log: Entries) -> Entries:
    index = grant(log, lambda event: event.attempt == 2)
    away = next(line for line in range(index) if log[index][0] - log[line][0] < 15)
    assert log[index][0] - log[away][0] > 11
    log = insert(log, index + 1, e.JournalBack(reason="test"))
    return insert(log, away, e.JournalAway(reason="test"))


def _clock_set_back(log: Entries) -> Entries:
    index = find(log, e.NumberWeights)
    time, event = log[index]
    return [*log[:index], (time - 1, event), *log[index + 1 :]]


def _unmasked(log: Entries) -> Entries:
    index = grant(log, lambda event: event.contact == "3")
    return edit(log, index, to=CALIFORNIANS[3], party=None)


MUTANTS = [
    Mutant("call.once", "plain", lambda log: repeat(log, grant(log)), "granted twice"),
    Mutant(
        "call.once",
        "plain",
        lambda log: insert(
            log,
            find(log, e.CallEnded),
            e.DispatchVoided(
                tenant=TENANT,
                campaign="spring",
                call=call_of(log, grant(log)),
                contact="0",
                number=EAST,
                reason="test",
            ),
        ),
        "voided after its grant",
    ),
    Mutant("call.end", "plain", _repeated_end, "ended twice"),
    Mutant("call.end", "plain", _stopped_early, "open when the engine stopped"),
    Mutant("call.sequence", "plain", _repeated_ring, "rings twice"),
    Mutant("call.sequence", "plain", _rings_late, "rings after the answer"),
    Mutant("call.same", "plain", lambda log: edit(log, find(log, e.CallRinging), contact="nobody")),
    Mutant("call.length", "plain", lambda log: settings(log, max_call_seconds=1.0)),
    Mutant(
        "call.seconds",
        "plain",
        lambda log: edit(log, find(log, e.CallEnded, lambda event: event.ring_seconds), ring_seconds=-1.0),
    ),
    Mutant(
        "call.disposition",
        "plain",
        lambda log: edit(
            log, find(log, e.CallEnded, lambda event: event.disposition == "completed"), disposition=None
        ),
    ),
    Mutant("engine.stopped", "plain", lambda log: edit(log, find(log, e.EngineStopped), reason="stalled")),
    Mutant(
        "engine.stopped",
        "plain",
        lambda log: drop(log, find(log, e.CampaignFinished)),
        "a campaign has not finished",
    ),
    Mutant("journal.away", "plain", _journal_away),
    Mutant("log.masking", "masked", _unmasked, "shown"),
    Mutant("log.masking", "plain", lambda log: settings(log, mask_phone_numbers=True), "not masked"),
    Mutant("log.time", "plain", _clock_set_back),
]
