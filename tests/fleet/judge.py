"""What must hold after a round, whatever went wrong in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fleet.campaigns import CAMPAIGNS
from tests.fleet.round import Outcome


def violations(outcome: Outcome) -> list[str]:
    """Name everything that is not as it must be; empty after a good round, whatever Redis has lost in it."""
    return [
        *outcome.report["wrong"],
        *_still_running(outcome),
        *_lost(outcome),
        *_ends_of_contacts(outcome),
        *_ends_of_calls(outcome),
        *_unknown_calls(outcome),
        *_slots_at_rest(outcome),
    ]


def _still_running(outcome: Outcome) -> Iterator[str]:
    for name in outcome.unfinished:
        yield f"{name} is still dialing"
    for name in outcome.failed:
        yield f"{name} has failed"
    if outcome.report["up"]:
        yield f"{outcome.report['up']} calls are up"


def _lost(outcome: Outcome) -> Iterator[str]:
    """Of each contact some log says that it came to its end."""
    lost = sorted(_everybody(outcome) - set(_told_ends(outcome)))
    if lost:
        yield f"{len(lost)} contacts are lost: {lost[:5]}"


def _unknown_calls(outcome: Outcome) -> Iterator[str]:
    """Each call that the carrier saw stands in a log."""
    granted = {
        line["call"]
        for folder in outcome.folders
        for line in log_lines(folder)
        if line["event"] == "dispatch.granted"
    }
    placed = set(outcome.report["calls"]) | set(outcome.report["late"])
    unknown = sorted(placed - granted)
    if unknown:
        yield f"{len(unknown)} calls were placed of which no log knows: {unknown[:5]}"


def _everybody(outcome: Outcome) -> set[str]:
    return {f"{name}/{name[0]}{row}" for name, rows in outcome.campaigns.items() for row in range(rows)}


def _ends_of_contacts(outcome: Outcome) -> Iterator[str]:
    double = sorted(contact for contact, count in _told_ends(outcome).items() if count > 1)
    if double:
        yield f"{len(double)} contacts came to an end twice: {double[:5]}"


def _told_ends(outcome: Outcome) -> Counter[str]:
    """Count in all logs how often each contact came to its end."""
    return Counter(
        f"{line['campaign']}/{line['contact']}"
        for folder in outcome.folders
        for line in log_lines(folder)
        if line["event"] == "contact.finished"
    )


def _ends_of_calls(outcome: Outcome) -> Iterator[str]:
    """Each call that is told of has one end, or was taken back by its daemon's next life."""
    grants: set[str] = set()
    voided: set[str] = set()
    ends: Counter[str] = Counter()
    for folder in outcome.folders:
        for line in log_lines(folder):
            if line["event"] == "dispatch.granted":
                grants.add(line["call"])
            elif line["event"] == "call.ended":
                ends[line["call"]] += 1
            elif line["event"] == "dispatch.voided":
                voided.add(line["call"])
    endless = sorted(grants - set(ends) - voided)
    if endless:
        yield f"{len(endless)} calls have no end: {endless[:5]}"
    twice = sorted(call for call, count in ends.items() if count > 1)
    if twice:
        yield f"{len(twice)} calls have ended twice: {twice[:5]}"


def _slots_at_rest(outcome: Outcome) -> Iterator[str]:
    """No daemon that is live in the ledger holds anything, once all have left."""
    for key, fields in outcome.ledger.items():
        for field, record in fields.items():
            if not field.startswith("=") or key.partition("{")[2].startswith("day:"):
                continue
            _, held, uses, *_ = record.split()
            if held != "0" or uses != "0":
                yield f"{field[1:]} holds {held} and uses {uses} of {key} after the end"


def log_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Read a daemon's log; the line that a kill has cut is closed by the next life."""
    path = folder / "run.log"
    if not path.exists():
        return
    with path.open() as file:
        for line in file:
            if line.endswith("}\n"):
                yield json.loads(line)


def figures(outcome: Outcome) -> dict[str, Any]:
    """Tell how a round went, for whoever runs many."""
    report = outcome.report
    return {
        "seconds": round(outcome.seconds, 1),
        "lives": outcome.lives,
        "troubles": dict(Counter(one.trouble.value for one in outcome.plan)),
        "placed": report["placed"],
        "late": len(report["late"]),
        "slow": report["slow"],
        "by_daemon": report["by_daemon"],
        "contacts": sum(outcome.campaigns.values()),
        "tenants": {name: report["peaks"].get(f"tenant {name}") for name in sorted(set(CAMPAIGNS.values()))},
    }
