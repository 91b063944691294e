"""Check what a scenario's events need, and whether what they name is there."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from phonenumbers import SUPPORTED_REGIONS

from actors.pool.geography import place_of
from runtime.carriers.options import BadOption, NumberOptions, SimulatedOptions
from trunkline.config.carriers import SIMULATED, number_options, simulated_options
from trunkline.config.checks import check_table
from trunkline.config.episodes import CARRIER_KINDS, RESTARTS, check_rates, episode_of, no_simulated_carrier
from trunkline.config.models import EventTable, NumberSimulatedTable, SimulatedTable
from trunkline.config.phones import read_phone
from trunkline.config.problems import Finding
from trunkline.config.suggest import did_you_mean, unknown
from trunkline.config.times import duration
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
    "label_number": ("number",),
    "answer_rate": ("connection", "answer_rate"),
    "connection_down": ("connection", "lasts"),
    "carrier_congestion": ("connection", "real_limit"),
    "lose_events": ("connection", "rate"),
    "late_events": ("connection", "rate"),
    "duplicate_events": ("connection", "rate"),
    "contacts_join": ("campaign", "count"),
    "daemon_crashes": ("lasts",),
    "daemon_restarts": ("lasts",),
}
"""What each kind of event must name."""

INSTEAD = {"limit": "factor", "count": "contacts"}
"""What may stand in the place of a key."""

MAY: dict[str, tuple[str, ...]] = {
    "add_number": ("tenant",),
    "connection_limit": ("factor", "lasts"),
    "tenant_cap": ("factor", "lasts"),
    "label_number": ("answer_rate", "lasts"),
    "answer_rate": ("lasts",),
    "carrier_congestion": ("lasts",),
    "lose_events": ("lasts",),
    "late_events": ("lasts",),
    "duplicate_events": ("lasts",),
    "contacts_join": ("contacts", "region"),
}
"""What a kind of event may say besides."""

_OF_ALL = ("at", "kind", "reason")
_KEYS = tuple(key for key in EventTable.model_fields if key not in _OF_ALL)

Row = Mapping[str, Any]


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
    lives = _Lives(numbers, [row for _, row in rows])
    for index, row in rows:
        at: Path = ("scenario", "events", index)
        kind = row.get("kind")
        if isinstance(kind, str) and kind in NEEDS:
            yield from _keys(at, kind, row, len(tenants))
        for key, names in (("tenant", tenants), ("connection", connections), ("campaign", campaigns)):
            word = row.get(key)
            if isinstance(word, str) and word and names and word not in names:
                yield Finding((*at, key), unknown(key, word, names))
        yield from lives.check(at, row)
        yield from _carrier(at, row, data, lives)
        yield from _region(at, row, data)
        yield from _read_again(at, row, data)


def _keys(at: Path, kind: str, row: Row, tenants: int) -> Iterator[Finding]:
    needs = NEEDS[kind]
    for key in needs:
        other = INSTEAD.get(key)
        if key in row and other in row:
            yield Finding((*at, other or ""), f"{kind} takes {key} or {other}, not both", "key")
        if key not in row and other not in row and not (key == "tenant" and tenants == 1):
            yield Finding(at, f"missing key {quoted(key)}; {kind} needs {listed(list(needs))}")
    if kind == "add_number" and "tenant" not in row and tenants > 1:
        yield Finding(at, 'missing key "tenant"; there are several, and a number belongs to one')
    if kind == "contacts_join" and "region" in row and "contacts" in row:
        yield Finding((*at, "region"), "a file says itself where its contacts are", "key")
    takes = (*needs, *MAY.get(kind, ()))
    for key in _KEYS:
        if key in row and key not in takes:
            yield Finding((*at, key), f"{kind} takes no {key}, only {listed(list(takes))}", "key")


class _Lives:
    """When each number is there: from the start or an add_number, to a remove_number."""

    def __init__(self, numbers: Collection[str], rows: list[Row]) -> None:
        self._numbers = numbers
        self._added: dict[str, float] = {}
        self._removed: dict[str, float] = {}
        self.connections: dict[str, str] = {}
        for row in rows:
            number, at = _number(row), _at(row)
            if number is None or at is None:
                continue
            if row.get("kind") == "add_number":
                self._added[number] = min(at, self._added.get(number, math.inf))
                if isinstance(row.get("connection"), str):
                    self.connections[number] = row["connection"]
            elif row.get("kind") == "remove_number":
                self._removed[number] = min(at, self._removed.get(number, math.inf))

    def check(self, path: Path, row: Row) -> Iterator[Finding]:
        """Return an error where the number isn't there when the event comes."""
        number, at, kind = _number(row), _at(row), row.get("kind")
        if number is None:
            return
        if kind == "add_number":
            if number in self._numbers:
                yield Finding((*path, "number"), f"{quoted(number)} is in the inventory already")
        elif number not in self._numbers and self._numbers and number not in self._added:
            hint = did_you_mean(number, {*self._numbers, *self._added}) or "; add it as [[numbers]]"
            yield Finding((*path, "number"), f"{quoted(number)} is not in the inventory{hint}")
        elif at is not None and number not in self._numbers and at < self._added.get(number, 0.0):
            yield Finding((*path, "number"), f"{quoted(number)} is added only later")
        elif at is not None and at > self._removed.get(number, math.inf):
            yield Finding((*path, "number"), f"{quoted(number)} has been removed before")


def _carrier(at: Path, row: Row, data: Row, lives: _Lives) -> Iterator[Finding]:
    """Check that the carrier can be made to do it, and that its rates can be together."""
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in CARRIER_KINDS:
        return
    lines = {str(line.get("name")): line for line in _tables(data, "connections")}
    numbers = {number: line for line in _tables(data, "numbers") if (number := _number(line)) is not None}
    number = _number(row)
    connection = row.get("connection")
    if number is not None:
        connection = numbers[number].get("connection") if number in numbers else lives.connections.get(number)
    line = lines.get(connection) if isinstance(connection, str) else None
    if line is None or not isinstance(connection, str):
        return  # said elsewhere
    carrier = line.get("carrier", SIMULATED)
    if carrier != SIMULATED:
        yield Finding((*at, "kind"), no_simulated_carrier(row, connection, str(carrier)))
        return
    event, _ = check_table(EventTable, row)
    options = _options(line)
    if event is None or options is None or set(NEEDS[event.kind]) - row.keys():
        return
    mine = {
        one: _overrides(written)
        for one, written in numbers.items()
        if written.get("connection") == connection
    }
    yield from check_rates(at, episode_of(event), options, mine)


def _region(at: Path, row: Row, data: Row) -> Iterator[Finding]:
    """Check that synthetic contacts can be somewhere."""
    if row.get("kind") != "contacts_join" or "count" not in row or "region" in row:
        return
    for campaign in _tables(data, "campaigns"):
        primary = campaign.get("primary")
        number = read_phone(primary)[0] if isinstance(primary, str) else None
        if campaign.get("name") != row.get("campaign") or number is None:
            continue
        if place_of(number).region not in SUPPORTED_REGIONS:
            yield Finding(at, f'missing key "region": {quoted(number)}, the primary number, is of no country')


def _read_again(at: Path, row: Row, data: Row) -> Iterator[Finding]:
    """Check that the next life of a daemon can read the contacts that it hasn't taken yet."""
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in RESTARTS:
        return
    if any(one.get("contacts") == "-" for one in _tables(data, "campaigns")):
        message = "the daemon's next life can't read contacts from standard input (\"-\") again; name a file"
        yield Finding((*at, "kind"), message)


def _options(line: Row) -> SimulatedOptions | None:
    table, _ = check_table(SimulatedTable, line.get("options", {}))
    try:
        return None if table is None else simulated_options(table)
    except BadOption:
        return None  # the connection's own check says so


def _overrides(row: Row) -> NumberOptions:
    table, _ = check_table(NumberSimulatedTable, row.get("simulated", {}))
    try:
        return NumberOptions() if table is None else number_options(table)
    except BadOption:
        return NumberOptions()  # the number's own check says so


def _tables(data: Row, key: str) -> Iterator[Row]:
    written = data.get(key)
    yield from (row for row in (written if isinstance(written, list) else ()) if isinstance(row, dict))


def _number(row: Row) -> Any:
    written = row.get("number")
    return read_phone(written)[0] if isinstance(written, str) else None


def _at(row: Row) -> float | None:
    try:
        return duration(row.get("at"))
    except ValueError:
        return None  # its own check says so
