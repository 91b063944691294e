"""Break one rule of a good log at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from runtime.observe import events as e
from runtime.observe.events import Event
from tests.trunkline.audit.conftest import Entries

Where = Callable[[Any], bool]
TENANT = "acme"


def everywhere(_: Any) -> bool:
    return True


def find(log: Entries, kind: type[Event], where: Where = everywhere, last: bool = False) -> int:
    """Find the first (or last) line of a kind; a log without one fits no mutant."""
    found = [index for index, (_, event) in enumerate(log) if type(event) is kind and where(event)]
    assert found, f"no {kind.event} in this run is fit for the mutant"
    return found[-1 if last else 0]


def edit(log: Entries, index: int, **changes: Any) -> Entries:
    """Change fields of a line."""
    time, event = log[index]
    return [*log[:index], (time, msgspec.structs.replace(event, **changes)), *log[index + 1 :]]


def insert(log: Entries, index: int, *events: Event) -> Entries:
    """Put lines before another, at its time."""
    time = log[index][0]
    return [*log[:index], *((time, event) for event in events), *log[index:]]


def around(log: Entries, index: int, before: Event, after: Event) -> Entries:
    """Put a line before another and one behind it."""
    return insert(insert(log, index + 1, after), index, before)


def repeat(log: Entries, index: int) -> Entries:
    """Say a line twice."""
    return insert(log, index, log[index][1])


def drop(log: Entries, index: int) -> Entries:
    """Leave a line out."""
    return [*log[:index], *log[index + 1 :]]


def move(log: Entries, index: int, to: int) -> Entries:
    """Put a line before another one at the same instant."""
    assert log[index][0] == log[to][0]
    return insert(drop(log, index), to, log[index][1])


def without(log: Entries, kind: type[Event]) -> Entries:
    """Leave every line of a kind out."""
    return [(time, event) for time, event in log if type(event) is not kind]


def settings(log: Entries, campaign: str = "spring", **changes: Any) -> Entries:
    """Let the campaign have been configured otherwise."""
    index = find(log, e.CampaignStarted, lambda event: event.campaign == campaign)
    started: Any = log[index][1]
    return edit(log, index, settings={**started.settings, **changes})


def listed(log: Entries, table: str, name: str, **changes: Any) -> Entries:
    """Let a number or a connection have been configured otherwise."""
    index = find(log, e.CampaignStarted)
    key = {"numbers": "number", "connections": "name"}[table]
    rows = [{**row, **changes} if row[key] == name else row for row in getattr(log[index][1], table)]
    return edit(log, index, **{table: rows})


def grant(log: Entries, where: Where = everywhere, last: bool = False) -> int:
    """Find a grant."""
    return find(log, e.DispatchGranted, where, last)


def call_of(log: Entries, index: int) -> str:
    """Name the call that a line is about."""
    event: Any = log[index][1]
    return str(event.call)


def in_progress(log: Entries, index: int, where: Where = everywhere) -> int:
    """Count the calls that stand right before a line."""
    standing = {
        event.call: event for _, event in log[:index] if isinstance(event, e.DispatchGranted) and where(event)
    }
    for _, event in log[:index]:
        if isinstance(event, e.CallEnded):
            standing.pop(event.call, None)
    return len(standing)


def made_room(log: Entries, fits: Callable[[Entries, int, int], bool]) -> tuple[int, int]:
    """Find a grant, and an end of another contact's call at its instant that made room for it."""
    for index, (time, event) in enumerate(log):
        if not isinstance(event, e.DispatchGranted):
            continue
        for earlier in range(index - 1, -1, -1):
            if log[earlier][0] != time:
                break
            end = log[earlier][1]
            if isinstance(end, e.CallEnded) and end.contact != event.contact and fits(log, index, earlier):
                return index, earlier
    raise AssertionError("no end made room for a grant in this run")


def flagged(number: str) -> Event:
    return e.NumberFlagged(tenant=TENANT, number=number, by="test")


def unflagged(number: str) -> Event:
    return e.NumberUnflagged(tenant=TENANT, number=number, by="test")


def added(log: Entries, number: str) -> Event:
    """Put a number back as the campaign listed it."""
    started: Any = log[find(log, e.CampaignStarted)][1]
    row = next(one for one in started.numbers if one["number"] == number)
    connection = next(one for one in started.connections if one["name"] == row["connection"])
    return e.NumberAdded(
        tenant=TENANT,
        campaign="spring",
        number=number,
        by="test",
        connection=row["connection"],
        settings=row,
        connection_settings=connection,
    )
