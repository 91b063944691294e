"""The configuration: loaded, checked whole, and handed to those who need it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import msgspec

from actors.settings import (
    CallingHours,
    CampaignSettings,
    ConnectionSettings,
    EngineSettings,
    NumberSettings,
    NumberStatus,
    Rotation,
    TenantSettings,
    WhenFull,
)
from runtime.calls import E164
from runtime.carriers.options import NumberOptions, SimulatedOptions
from trunkline.config.carriers import SIMULATED, number_options, simulated_options
from trunkline.config.checks import check_table
from trunkline.config.models import (
    RETRY_AFTER,
    CampaignTable,
    ConnectionTable,
    EventTable,
    FileTable,
    NumberTable,
    RunTable,
    SimulatedTable,
    json_schema,
)
from trunkline.config.precedence import Given
from trunkline.config.problems import Source, raise_all
from trunkline.config.reading import decode, normal, parse, read_bytes
from trunkline.config.references import check_references
from trunkline.config.wording import Path, canonical


@dataclass(frozen=True)
class ContactsFile:
    """Where a campaign's contacts come from.

    `path` is None for standard input; `encoding` is None where the file
    itself decides between UTF-8 and UTF-16.
    """

    path: FilePath | None
    encoding: str | None


@dataclass(frozen=True)
class ConnectionCarrier:
    """The carrier that a connection's calls go through, with its options."""

    connection: str
    carrier: str
    options: Mapping[str, Any]


class Config:
    """A checked configuration.

    Made by `Config.load` from a TOML file or by `Config.from_dict` from an
    application's own tables. Both refuse with one ConfigError that lists
    everything that is wrong.
    """

    __slots__ = ("_folder", "_table")

    def __init__(self, table: FileTable, folder: FilePath) -> None:
        self._table = table
        self._folder = folder

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        carriers: Collection[str] = (),
        overrides: Mapping[str, object] | None = None,
    ) -> Config:
        """Load and check a TOML file; "-" is standard input.

        `carriers` are the names of carriers that the application brings.
        `overrides` are options of `[run]` that win over the file's, each a
        value or a `Given` that says where it came from. Raises ConfigError.
        """
        file, data = read_bytes(path)
        source = decode(file, data)
        from_stdin = os.fspath(path) == "-"
        folder = FilePath() if from_stdin else FilePath(path).parent
        return cls._checked(parse(source), carriers, overrides, source, folder, from_stdin=from_stdin)

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        *,
        carriers: Collection[str] = (),
        overrides: Mapping[str, object] | None = None,
        folder: str | os.PathLike[str] = ".",
    ) -> Config:
        """Check tables that an application made, as the file would hold them.

        Contacts files are looked for in `folder`. Raises ConfigError, whose
        problems are named by path.
        """
        return cls._checked(normal(data), carriers, overrides, None, FilePath(folder))

    @classmethod
    def _checked(
        cls,
        data: dict[str, Any],
        carriers: Collection[str],
        overrides: Mapping[str, object] | None,
        source: Source | None,
        folder: FilePath,
        *,
        from_stdin: bool = False,
    ) -> Config:
        data, origins = _overridden(data, overrides or {})
        table, findings = check_table(FileTable, data)
        findings += check_references(data, carriers, from_stdin=from_stdin)
        raise_all(findings, source, origins)
        assert table is not None, "a table is missing only where something is wrong"
        return cls(table, folder)

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """Return the JSON Schema of the configuration file, for editors."""
        return json_schema()

    def __repr__(self) -> str:
        campaigns = ", ".join(campaign.name for campaign in self._table.campaigns)
        return f"Config({campaigns})"

    @property
    def run(self) -> RunTable:
        """The options of `[run]`, overrides applied."""
        return self._table.run

    @property
    def scenario(self) -> tuple[EventTable, ...]:
        """What an operator does while running, by time; durations in seconds."""
        events = sorted(self._table.scenario.events, key=lambda event: event.at)
        return tuple(event if event.tenant else self._with_tenant(event) for event in events)

    @property
    def contacts(self) -> Mapping[str, ContactsFile | None]:
        """Each campaign's contacts file; None where the application adds them."""
        return {campaign.name: self._contacts(campaign) for campaign in self._table.campaigns}

    @property
    def carriers(self) -> tuple[ConnectionCarrier, ...]:
        """Each connection's carrier and options, as they are written."""
        return tuple(
            ConnectionCarrier(connection.name, connection.carrier, connection.options)
            for connection in self._table.connections
        )

    def simulated(self, connection: str) -> tuple[SimulatedOptions, dict[E164, NumberOptions]]:
        """Return a connection's options for the simulated carrier, and its numbers'.

        A connection of another carrier gets the defaults: a simulation
        replaces every carrier. Raises KeyError for an unknown connection.
        """
        line = next((row for row in self._table.connections if row.name == connection), None)
        if line is None:
            raise KeyError(connection)
        options = SimulatedOptions()
        if line.carrier == SIMULATED:
            options = simulated_options(SimulatedTable.model_validate(line.options))
        numbers = {
            row.number: number_options(row.simulated)
            for row in self._table.numbers
            if row.connection == connection and row.simulated is not None
        }
        return options, numbers

    def settings(self, *, simulated: bool = False) -> EngineSettings:
        """Return what the actors are told: complete, durations in seconds.

        `simulated` is whether nobody real is called: then phone numbers are
        logged in full unless the campaign says otherwise.
        """
        return EngineSettings(
            tenants=tuple(TenantSettings(row.name, row.max_concurrent) for row in self._table.tenants),
            connections=tuple(
                ConnectionSettings(
                    name=row.name,
                    max_concurrent=row.max_concurrent,
                    max_calls_per_second=row.max_calls_per_second,
                    breaker_failure_rate=row.breaker_failure_rate,
                    enabled=row.enabled,
                )
                for row in self._table.connections
            ),
            numbers=tuple(self._number(row) for row in self._table.numbers),
            campaigns=tuple(self._campaign(row, simulated) for row in self._table.campaigns),
        )

    def fingerprint(self) -> str:
        """Return the SHA-256, in hex, of what the configuration means.

        The same for the same campaign in another folder, in another order of
        keys, with a default written out. `[run]` and the folders of contacts
        files are left out: they say how it is run, not what.
        """
        meaning = {
            "settings": msgspec.to_builtins(self.settings(), order="deterministic"),
            "carriers": [[row.carrier, self._options(row)] for row in self._table.connections],
            "simulated": [
                None if row.simulated is None else row.simulated.model_dump() for row in self._table.numbers
            ],
            "scenario": [event.model_dump() for event in self.scenario],
            "contacts": [
                [FilePath(row.contacts).name if row.contacts else None, row.contacts_encoding]
                for row in self._table.campaigns
            ],
        }
        return hashlib.sha256(canonical(meaning).encode()).hexdigest()

    def _options(self, row: ConnectionTable) -> object:
        """Return a connection's options with the simulated carrier's defaults filled in."""
        if row.carrier != SIMULATED:
            return row.options
        return msgspec.to_builtins(self.simulated(row.name)[0])

    def _tenant(self, written: str | None) -> str:
        return written if written is not None else self._table.tenants[0].name

    def _with_tenant(self, event: EventTable) -> EventTable:
        if event.kind not in ("tenant_cap", "add_number"):
            return event
        return event.model_copy(update={"tenant": self._tenant(None)})

    def _contacts(self, campaign: CampaignTable) -> ContactsFile | None:
        if campaign.contacts is None:
            return None
        path = None if campaign.contacts == "-" else self._folder / campaign.contacts
        return ContactsFile(path, campaign.contacts_encoding)

    def _number(self, row: NumberTable) -> NumberSettings:
        return NumberSettings(
            number=row.number,
            tenant=self._tenant(row.tenant),
            connection=row.connection,
            status=NumberStatus(row.status),
            max_concurrent=row.max_concurrent,
            max_calls_per_day=row.max_calls_per_day,
            timezone=row.timezone,
        )

    def _campaign(self, row: CampaignTable, simulated: bool) -> CampaignSettings:
        return CampaignSettings(
            name=row.name,
            tenant=self._tenant(row.tenant),
            primary=row.primary,
            pool=_pool(row),
            default_region=row.default_region,
            prefer_country_match=row.prefer_country_match,
            prefer_area_match=row.prefer_area_match,
            nearby_hours=row.nearby_hours,
            match_when_full=WhenFull(row.match_when_full),
            sticky_when_full=WhenFull(row.sticky_when_full),
            rotation=Rotation(row.rotation),
            prior_attempts=row.prior_attempts,
            half_life_attempts=row.half_life_attempts,
            exploration=row.exploration,
            max_attempts=row.max_attempts,
            max_carrier_failures=row.max_carrier_failures,
            retry_after=_retry_after(row),
            calling_hours=_calling_hours(row),
            default_timezone=row.default_timezone,
            start_at=None if row.start_at is None else row.start_at.timestamp(),
            priority=row.priority,
            max_ring_seconds=row.max_ring_seconds,
            max_call_seconds=row.max_call_seconds,
            dispositions=tuple(row.dispositions),
            max_concurrent=row.max_concurrent,
            share=row.share,
            keep_open=row.keep_open,
            recording=row.recording,
            mask_phone_numbers=row.log_phone_numbers == "masked"
            or (row.log_phone_numbers is None and not simulated),
        )


def load_config(
    path: str | os.PathLike[str],
    *,
    carriers: Collection[str] = (),
    overrides: Mapping[str, object] | None = None,
) -> Config:
    """Load and check a TOML file; see `Config.load`."""
    return Config.load(path, carriers=carriers, overrides=overrides)


def _overridden(
    data: dict[str, Any], overrides: Mapping[str, object]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Lay options of `[run]` over the file's; return where each came from."""
    given = {
        option: value if isinstance(value, Given) else Given(value, f"run.{option}")
        for option, value in overrides.items()
        if value is not None
    }
    run = data.get("run", {})
    if not given or not isinstance(run, dict):
        return data, {}
    laid = {**run, **normal({option: value.value for option, value in given.items()})}
    return {**data, "run": laid}, {("run", option): value.origin for option, value in given.items()}


def _pool(row: CampaignTable) -> tuple[E164, ...]:
    """Return the pool; the primary joins at its head unless it is listed."""
    return tuple(row.pool) if row.primary in row.pool else (row.primary, *row.pool)


def _retry_after(row: CampaignTable) -> dict[str, float]:
    """Return the delays by outcome or disposition; what is final has none."""
    delays: dict[str, float | None] = {**RETRY_AFTER, "unknown": row.max_call_seconds}
    if "callback" not in row.dispositions:
        del delays["callback"]
    delays.update(row.retry_after)
    return {result: seconds for result, seconds in delays.items() if seconds is not None}


def _calling_hours(row: CampaignTable) -> CallingHours | None:
    if row.calling_hours is None and row.calling_days is None:
        return None
    days = frozenset(range(7)) if row.calling_days is None else frozenset(row.calling_days)
    return CallingHours(row.calling_hours or (), days)
