"""Check what one table says about another: names, numbers, belongings.

These work on the tables as they were written, sound or not, so that a typing
error in one table doesn't hide a wrong name in another. What a table's own
check has already refused is passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from runtime.calls import E164, Outcome
from trunkline.config.carriers import check_carriers
from trunkline.config.models import DISPOSITIONS
from trunkline.config.phones import read_phone
from trunkline.config.problems import Finding
from trunkline.config.scenario import check_scenario
from trunkline.config.suggest import did_you_mean, one_of, unknown
from trunkline.config.thresholds import read_thresholds
from trunkline.config.wording import Path, quoted
from trunkline.summary.paths import Tree, known_figures
from trunkline.thresholds.threshold import Threshold

Row = Mapping[str, Any]

RETRIED_OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.ANSWERED)
"""What `retry_after` may name besides dispositions."""


class Written:
    """The tables of a configuration as they were written, and what they name.

    A list in which a name is missing names nothing here: its own check says
    so, and every reference to that name would only be a second error.
    """

    def __init__(self, data: Row) -> None:
        self.data = data
        self.tenants = self._names("tenants", "name")
        self.connections = self._names("connections", "name")
        self.campaigns = self._names("campaigns", "name")
        self.only_tenant = self.tenants[0] if len(self.tenants) == 1 else None
        owners = {
            phone(row.get("number")): word(row, "tenant") or self.only_tenant
            for _, row in self.rows("numbers")
        }
        self.owners = {number: owner for number, owner in owners.items() if number and None not in owners}

    def _names(self, table: str, key: str) -> list[str]:
        names = [word(row, key) for _, row in self.rows(table)]
        return list(dict.fromkeys(name for name in names if name)) if all(names) else []

    def figures(self) -> Tree:
        """Return the figures that a run of this configuration will have."""
        scenario = self.data.get("scenario")
        events = scenario.get("events") if isinstance(scenario, dict) else None
        added = {
            number
            for row in (events if isinstance(events, list) else ())
            if isinstance(row, dict)
            and row.get("kind") == "add_number"
            and (number := phone(row.get("number"))) is not None
        }
        return known_figures(
            tenants=self.tenants,
            connections=self.connections,
            campaigns=self.campaigns,
            numbers=[*self.owners, *sorted(added - self.owners.keys())] if self.owners else [],
        )

    def rows(self, table: str) -> Iterator[tuple[Path, Row]]:
        """Return the tables of a list that are tables, with their paths."""
        written = self.data.get(table)
        for index, row in enumerate(written if isinstance(written, list) else ()):
            if isinstance(row, dict):
                yield (table, index), row


def word(row: Row, key: str) -> str | None:
    """Return a key's text, or None where it is none."""
    value = row.get(key)
    return value if isinstance(value, str) and value else None


def phone(written: object) -> E164 | None:
    """Return a written number in E.164, or None where it is none."""
    return read_phone(written)[0] if isinstance(written, str) else None


def check_references(data: Row, carriers: Collection[str], *, from_stdin: bool = False) -> list[Finding]:
    """Return everything wrong between the tables."""
    written = Written(data)
    return [
        *_repeated(written),
        *_numbers(written),
        *_campaigns(written),
        *_standard_input(written, from_stdin),
        *check_carriers(data, carriers),
        *check_scenario(data, written.tenants, written.connections, written.campaigns, written.owners),
        *(read for read in read_thresholds(data, written.figures()) if isinstance(read, Finding)),
    ]


def thresholds_of(data: Row) -> tuple[Threshold, ...]:
    """Return the thresholds of tables in which nothing is wrong."""
    reads = read_thresholds(data, Written(data).figures())
    return tuple(read for read in reads if isinstance(read, Threshold))


def _repeated(written: Written) -> Iterator[Finding]:
    for table, key in (
        ("tenants", "name"),
        ("connections", "name"),
        ("numbers", "number"),
        ("campaigns", "name"),
    ):
        seen: dict[str, Path] = {}
        for at, row in written.rows(table):
            value = phone(row.get(key)) if key == "number" else word(row, key)
            if value is None:
                continue
            if value in seen:
                yield Finding((*at, key), f"{quoted(value)} stands twice; first in {_named(seen[value])}")
            seen.setdefault(value, at)


def _named(path: Path) -> str:
    return f"{path[0]}[{path[1]}]"


def _numbers(written: Written) -> Iterator[Finding]:
    for at, row in written.rows("numbers"):
        yield from _tenant(written, at, row)
        connection = word(row, "connection")
        if connection is not None and written.connections and connection not in written.connections:
            yield Finding((*at, "connection"), unknown("connection", connection, written.connections))


def _tenant(written: Written, at: Path, row: Row) -> Iterator[Finding]:
    tenant = word(row, "tenant")
    if tenant is not None and written.tenants and tenant not in written.tenants:
        yield Finding((*at, "tenant"), unknown("tenant", tenant, written.tenants))
    elif "tenant" not in row and len(written.tenants) > 1:
        yield Finding(at, f'missing key "tenant": there are several{one_of(written.tenants)}')


def _campaigns(written: Written) -> Iterator[Finding]:
    for at, row in written.rows("campaigns"):
        yield from _tenant(written, at, row)
        yield from _pool(written, at, row)
        yield from _retries(at, row)
    run = written.data.get("run")
    campaign = word(run, "campaign") if isinstance(run, dict) else None
    if campaign is not None and written.campaigns and campaign not in written.campaigns:
        yield Finding(("run", "campaign"), unknown("campaign", campaign, written.campaigns))


def _pool(written: Written, at: Path, row: Row) -> Iterator[Finding]:
    tenant = word(row, "tenant") or written.only_tenant
    pool = row.get("pool")
    entries: list[tuple[Path, object]] = [((*at, "primary"), row.get("primary"))]
    entries += [((*at, "pool", i), item) for i, item in enumerate(pool if isinstance(pool, list) else ())]
    seen: set[E164] = set()
    for path, item in entries:
        number = phone(item)
        if number is None or not written.owners:
            continue
        if number not in written.owners:
            hint = did_you_mean(number, written.owners) or "; add it as [[numbers]]"
            yield Finding(path, f"{quoted(number)} is not in the inventory{hint}")
        else:
            owner = written.owners[number]
            if owner != tenant and owner in written.tenants and tenant in written.tenants:
                yield Finding(
                    path, f"{quoted(number)} belongs to tenant {quoted(owner)}, not {quoted(tenant)}"
                )
        if path[-1] != "primary":
            if number in seen:
                yield Finding(path, f"{quoted(number)} stands twice in the pool")
            seen.add(number)


def _retries(at: Path, row: Row) -> Iterator[Finding]:
    given = row.get("dispositions", list(DISPOSITIONS))
    dispositions = [d for d in given if isinstance(d, str)] if isinstance(given, list) else []
    for index, disposition in enumerate(dispositions if dispositions == given else ()):
        if disposition in RETRIED_OUTCOMES or disposition == Outcome.ANSWERED.value:
            yield Finding(
                (*at, "dispositions", index), f"{quoted(disposition)} is an outcome; name it otherwise"
            )
        elif disposition in dispositions[:index]:
            yield Finding((*at, "dispositions", index), f"{quoted(disposition)} stands twice")
    retry_after = row.get("retry_after")
    for key in retry_after if isinstance(retry_after, dict) else ():
        if not isinstance(key, str) or key in RETRIED_OUTCOMES or key in dispositions:
            continue
        path = (*at, "retry_after", key)
        if key == Outcome.ANSWERED.value:
            message = "an answered call is decided by its disposition" + one_of(dispositions)
        else:
            known = [*RETRIED_OUTCOMES, *dispositions]
            message = "neither an outcome nor a disposition"
            message += did_you_mean(key, known) or one_of(known, most=12)
        yield Finding(path, message, "key")


def _standard_input(written: Written, from_stdin: bool) -> Iterator[Finding]:
    readers = [(*at, "contacts") for at, row in written.rows("campaigns") if row.get("contacts") == "-"]
    for path in readers if from_stdin else readers[1:]:
        other = "the configuration" if from_stdin else "another campaign"
        yield Finding(path, f'standard input ("-") is already read for {other}')
