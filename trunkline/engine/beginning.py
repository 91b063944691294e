"""What a run begins with: settings, and what an earlier life of it has left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from actors.settings import EngineSettings
from runtime.errors import JournalContradicted, UnknownName
from runtime.journal.base import Journal
from runtime.journal.entries import Started
from runtime.observe.events import EngineRecovered, EngineStarted, Event
from trunkline.config import Config
from trunkline.engine.feeds import check_taken_rows
from trunkline.engine.identity import Identity, identify, versions
from trunkline.resume import Resumption, resume


class Beginning(msgspec.Struct, frozen=True):
    """What holds at a run's start.

    `kept` are the settings as the configuration has them, for the journal;
    `only` is the one campaign to dial, None for all.
    """

    identity: Identity
    settings: EngineSettings
    kept: EngineSettings
    resumption: Resumption | None
    only: str | None

    def entry(self, config: Config, now: float) -> Started:
        """Give the journal's entry, which stands before all else of this life."""
        identity = self.identity
        return Started(
            identity.run,
            identity.life,
            identity.seed,
            identity.key.hex(),
            config.fingerprint(),
            msgspec.to_builtins(self.kept, order="deterministic"),
            now,
            changes=() if self.resumption is None else self.resumption.changes,
        )

    def lines(self, missing: Iterable[Event]) -> Iterator[Event]:
        """Give the log's first lines; `missing` are those that the journal has and the log lacks."""
        identity = self.identity
        if self.resumption is None:
            yield EngineStarted(run=identity.run, versions=versions(), seed=identity.seed)
            return
        yield EngineRecovered(
            run=identity.run,
            versions=versions(),
            seed=identity.seed,
            life=identity.life,
            in_doubt=len(self.resumption.recovered.in_doubt),
        )
        yield from missing


def settle(
    config: Config,
    journal: Journal,
    *,
    now: float,
    seed: int | None,
    virtual: bool,
    simulated: bool,
    campaign: str | None,
) -> Beginning:
    """Work out what to begin with; `now` is seconds since the epoch.

    Raises JournalContradicted where the configuration can't be true of the
    journal's run, UnknownName for a `campaign` that there is not.
    """
    recovered = journal.recover()
    identity = identify(config, seed, recovered, virtual=virtual)
    settings = kept = _scaled(config.settings(simulated=simulated), 1.0 if virtual else config.run.time_scale)
    resumption = None
    if recovered is not None:
        resumption = resume(recovered, settings, now)
        settings, kept = resumption.settings, resumption.kept
        check_taken_rows(config, recovered)
    only = campaign if campaign is not None else config.run.campaign
    if only is not None and only not in {one.name for one in settings.campaigns}:
        raise UnknownName("campaign", only)
    if only is not None and resumption is not None:
        _refuse_doubts_elsewhere(only, resumption)
    return Beginning(identity, settings, kept, resumption, only)


def _refuse_doubts_elsewhere(only: str, resumption: Resumption) -> None:
    """Refuse to dial one campaign alone while calls of others may be up: they need their slots."""
    others = sorted(set(resumption.doubts) - {only})
    if others:
        names = ", ".join(repr(name) for name in others)
        raise JournalContradicted(
            [f"calls of {names} are in doubt and keep their slots; dial without --campaign first"]
        )


def _scaled(settings: EngineSettings, time_scale: float) -> EngineSettings:
    """Shorten how long calls may ring and last as simulated calls are shortened."""
    campaigns = tuple(
        msgspec.structs.replace(
            one,
            max_ring_seconds=one.max_ring_seconds * time_scale,
            max_call_seconds=one.max_call_seconds * time_scale,
        )
        for one in settings.campaigns
    )
    return msgspec.structs.replace(settings, campaigns=campaigns)
