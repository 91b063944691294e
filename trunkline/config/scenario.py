"""Check what a scenario's events need, and whether what they name is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from trunkline.config.phones import read_phone
from trunkline.config.problems import Finding
from trunkline.config.suggest import did_you_mean, unknown
from trunkline.config.wording import Path, listed, quoted

NEEDS: dict[str, tuple[str, ...]] = {
    "flag_number": ("number",),
    "unflag_number": ("number",),
    "pause_number": ("number",),
    "resume_number": ("number",),
    "remove_number": ("number",),
    "add_number": ("number", "connection"),
    "pause_campaign": ("campaign",),
    "resume_campaign": ("campaign",),
    "cancel_campaign": ("campaign",),
    "connection_limit": ("connection", "limit"),
    "tenant_cap": ("tenant", "limit"),
}
"""What each kind of event must name."""

_OF_ALL = ("at", "kind", "reason")
_MAY = {"add_number": ("tenant",)}


def check_scenario(
    data: Mapping[str, Any],
    tenants: Collection[str],
    connections: Collection[str],
    campaigns: Collection[str],
    numbers: Collection[str],
) -> Iterator[Finding]:
    """Return what is wrong with the events of a scenario."""
    scenario = data.get("scenario")
    events = scenario.get("events") if isinstance(scenario, dict) else None
    rows = [
        (i, row) for i, row in enumerate(events if isinstance(events, list) else ()) if isinstance(row, dict)
    ]
    added = {read_phone(str(row.get("number")))[0] for _, row in rows if row.get("kind") == "add_number"}
    present = {*numbers, *(number for number in added if number is not None)}
    for index, row in rows:
        at: Path = ("scenario", "events", index)
        kind = row.get("kind")
        if isinstance(kind, str) and kind in NEEDS:
            yield from _keys(at, kind, row, len(tenants))
        for key, names in (("tenant", tenants), ("connection", connections), ("campaign", campaigns)):
            word = row.get(key)
            if isinstance(word, str) and word and names and word not in names:
                yield Finding((*at, key), unknown(key, word, names))
        number = read_phone(row["number"])[0] if isinstance(row.get("number"), str) else None
        if number is None:
            continue
        if kind == "add_number" and number in numbers:
            yield Finding((*at, "number"), f"{quoted(number)} is in the inventory already")
        elif numbers and number not in present:
            hint = did_you_mean(number, present) or "; add it as [[numbers]]"
            yield Finding((*at, "number"), f"{quoted(number)} is not in the inventory{hint}")


def _keys(at: Path, kind: str, row: Mapping[str, Any], tenants: int) -> Iterator[Finding]:
    needs = NEEDS[kind]
    for key in needs:
        if key not in row and not (key == "tenant" and tenants == 1):
            yield Finding(at, f"missing key {quoted(key)}; {kind} needs {listed(list(needs))}")
    if kind == "add_number" and "tenant" not in row and tenants > 1:
        yield Finding(at, 'missing key "tenant"; there are several, and a number belongs to one')
    takes = (*_OF_ALL, *needs, *_MAY.get(kind, ()))
    for key in ("number", "connection", "campaign", "tenant", "limit"):
        if key in row and key not in takes:
            yield Finding((*at, key), f"{kind} takes no {key}, only {listed(list(needs))}", "key")
