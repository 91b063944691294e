"""The configuration: loaded, checked whole, and handed to those who need it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import msgspec

from actors.settings import EngineSettings
from runtime.calls import E164
from runtime.carriers.options import Episode, NumberOptions, SimulatedOptions
from trunkline.config.carriers import SIMULATED, number_options, simulated_options
from trunkline.config.checks import check_table
from trunkline.config.episodes import episodes_of
from trunkline.config.models import (
    CampaignTable,
    ConnectionTable,
    EventTable,
    FileTable,
    RunTable,
    SimulatedTable,
    StateTable,
    json_schema,
)
from trunkline.config.precedence import Given
from trunkline.config.problems import Source, raise_all
from trunkline.config.reading import decode, normal, parse, read_bytes
from trunkline.config.references import check_references, thresholds_of
from trunkline.config.settings import engine_settings, tenant_of
from trunkline.config.wording import Path, canonical
from trunkline.thresholds.threshold import Threshold


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

    __slots__ = ("_folder", "_table", "_thresholds")

    def __init__(self, table: FileTable, folder: FilePath, thresholds: tuple[Threshold, ...] = ()) -> None:
        self._table = table
        self._thresholds = thresholds
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
        return cls(table, folder, thresholds_of(data))

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
    def state(self) -> StateTable | None:
        """Where limits are shared with other daemons; None: nowhere."""
        return self._table.state

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

    def episodes(self, connection: str) -> tuple[Episode, ...]:
        """Return what the scenario does to a connection's simulated carrier."""
        connections = {row.number: row.connection for row in self._table.numbers}
        return episodes_of(self.scenario, connections).get(connection, ())

    def joining(self, event: EventTable) -> ContactsFile:
        """Return the file of contacts that an event brings."""
        assert event.contacts is not None
        return ContactsFile(self._folder / event.contacts, None)

    def joining_files(self) -> tuple[ContactsFile, ...]:
        """Return the files of contacts that join while running."""
        return tuple(self.joining(event) for event in self.scenario if event.contacts is not None)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """What a run has to fulfil; not what is said of campaigns that are not dialed."""
        only = self._table.run.campaign
        return tuple(
            one
            for one in self._thresholds
            if only is None or one.figure[0] != "campaign" or one.figure[1] == only
        )

    def settings(self, *, simulated: bool = False) -> EngineSettings:
        """Return what the actors are told: complete, durations in seconds.

        `simulated` is whether nobody real is called: then phone numbers are
        logged in full unless the campaign says otherwise.
        """
        return engine_settings(self._table, simulated=simulated)

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

    def _with_tenant(self, event: EventTable) -> EventTable:
        if event.kind not in ("tenant_cap", "add_number"):
            return event
        return event.model_copy(update={"tenant": tenant_of(self._table, None)})

    def _contacts(self, campaign: CampaignTable) -> ContactsFile | None:
        if campaign.contacts is None:
            return None
        path = None if campaign.contacts == "-" else self._folder / campaign.contacts
        return ContactsFile(path, campaign.contacts_encoding)


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
