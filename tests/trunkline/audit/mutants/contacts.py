"""Mutants of a contact's attempts and of its end."""

from __future__ import annotations

from typing import Any

from runtime.observe import events as e
from tests.trunkline.audit.conftest import Entries
from tests.trunkline.audit.editing import edit, find, grant, move, repeat, settings
from tests.trunkline.audit.mutants.mutant import Mutant


def _elsewhere(log: Entries) -> int:
    """Find a retry right after a carrier's fault, from another number."""
    for index, (time, event) in enumerate(log):
        if not isinstance(event, e.DispatchGranted) or event.tier != "country":
            continue
        for earlier in log[:index]:
            ended = earlier[1]
            if isinstance(ended, e.CallEnded) and ended.contact == event.contact and earlier[0] == time:
                return index
    raise AssertionError("nobody was called again at once")


def _twice_at_once(log: Entries) -> Entries:
    index = _elsewhere(log)
    granted: Any = log[index][1]
    return move(log, index, _last_end(log[:index], granted.contact))


def _same_phone(log: Entries) -> Entries:
    first: Any = log[grant(log, lambda event: event.region == "US")][1]
    other = grant(log, lambda event: event.region == "US" and event.contact != first.contact)
    return edit(log, other, to=first.to)


def _finished_in_call(log: Entries) -> Entries:
    for index, (time, event) in enumerate(log):
        if isinstance(event, e.ContactFinished) and event.attempts == 1:
            end = _last_end(log[:index], event.contact)
            if log[end][0] == time:
                return move(log, index, end)
    raise AssertionError("nobody finished with the first call")


def _last_end(log: Entries, contact: str) -> int:
    return find(log, e.CallEnded, lambda event: event.contact == contact, last=True)


def _wrong_result(log: Entries) -> Entries:
    log = edit(log, find(log, e.ContactFinished, lambda event: event.result == "reached"), result="exhausted")
    end = find(log, e.CampaignFinished)
    finished: Any = log[end][1]
    return edit(log, end, reached=finished.reached - 1, exhausted=finished.exhausted + 1)


MUTANTS = [
    Mutant("attempt.number", "plain", lambda log: edit(log, grant(log), attempt=2)),
    Mutant("attempt.most", "plain", lambda log: settings(log, max_attempts=2)),
    Mutant("attempt.faults", "faulty", lambda log: settings(log, max_carrier_failures=1)),
    Mutant(
        "attempt.final",
        "plain",
        lambda log: settings(log, retry_after={"callback": 120.0, "no_answer": 7200.0, "busy": 900.0}),
    ),
    Mutant(
        "attempt.due",
        "plain",
        lambda log: settings(
            log,
            retry_after={
                "callback": 120.0,
                "no_answer": 7200.9,
                "busy": 900.0,
                "voicemail": 14400.0,
                "failed": 300.0,
            },
        ),
    ),
    Mutant("attempt.elsewhere", "faulty", lambda log: edit(log, _elsewhere(log), tier="pool")),
    Mutant(
        "attempt.waited",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.attempt == 2), waited_seconds=100.0),
        "a retry",
    ),
    Mutant("attempt.waited", "plain", lambda log: edit(log, grant(log), waited_seconds=1e6), "a first call"),
    Mutant("contact.one_call", "faulty", _twice_at_once),
    Mutant("contact.phone", "plain", _same_phone),
    Mutant(
        "calling_hours", "hours", lambda log: settings(log, calling_hours={"windows": [[0, 60]], "days": [0]})
    ),
    Mutant("contact.finished", "plain", lambda log: repeat(log, find(log, e.ContactFinished)), "twice"),
    Mutant("contact.in_call", "plain", _finished_in_call),
    Mutant("contact.attempts", "plain", lambda log: edit(log, find(log, e.ContactFinished), attempts=9)),
    Mutant("contact.result", "plain", _wrong_result, "not reached though answered"),
]
