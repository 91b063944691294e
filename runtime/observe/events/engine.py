"""The engine itself, and what it leans on."""

from __future__ import annotations

from typing import ClassVar

from runtime.observe.events.line import Event, Table


class EngineStarted(Event, frozen=True, gc=False, kw_only=True):
    """The engine is up and about to dial."""

    event: ClassVar[str] = "engine.started"
    run: str
    versions: Table
    seed: int


class EngineRecovered(Event, frozen=True, gc=False, kw_only=True):
    """The engine goes on where an earlier life of the run has ended."""

    event: ClassVar[str] = "engine.recovered"
    run: str
    versions: Table
    seed: int
    life: int
    in_doubt: int


class EngineStopped(Event, frozen=True, gc=False, kw_only=True):
    """The engine has ended; `reason` is finished, stalled, closed, signal or failed."""

    event: ClassVar[str] = "engine.stopped"
    run: str
    reason: str


class JournalAway(Event, frozen=True, gc=False, kw_only=True):
    """The journal can't be written; dialing has stopped."""

    event: ClassVar[str] = "journal.away"
    level: ClassVar[str] = "error"
    reason: str


class JournalBack(Event, frozen=True, gc=False, kw_only=True):
    """The journal can be written again; dialing goes on."""

    event: ClassVar[str] = "journal.back"
    reason: str


class StateAway(Event, frozen=True, gc=False, kw_only=True):
    """The shared state doesn't answer; dialing goes on within the leases, then stops."""

    event: ClassVar[str] = "state.away"
    level: ClassVar[str] = "error"
    reason: str


class StateBack(Event, frozen=True, gc=False, kw_only=True):
    """The shared state answers again."""

    event: ClassVar[str] = "state.back"


class StateLearning(Event, frozen=True, gc=False, kw_only=True):
    """The shared state is new or has lost something; no daemon gets more than it has meanwhile."""

    event: ClassVar[str] = "state.learning"
    level: ClassVar[str] = "warning"
    at_most_seconds: float


class StateLearned(Event, frozen=True, gc=False, kw_only=True):
    """The shared state knows again what all daemons hold."""

    event: ClassVar[str] = "state.learned"


class LeaseLapsed(Event, frozen=True, gc=False, kw_only=True):
    """What was held of shared limits may not be used any more; `resources` are kind:name."""

    event: ClassVar[str] = "lease.lapsed"
    level: ClassVar[str] = "warning"
    resources: list[str]
    reason: str


class ActorCrashed(Event, frozen=True, gc=False, kw_only=True):
    """An actor failed on a message, or a carrier or an observer on its own; dialing goes on."""

    event: ClassVar[str] = "actor.crashed"
    level: ClassVar[str] = "error"
    actor: str
    message: str
    error: str


class ScenarioApplied(Event, frozen=True, gc=False, kw_only=True):
    """An event of the configuration's scenario happens now."""

    event: ClassVar[str] = "scenario.applied"
    kind: str
    what: str
    lasts_seconds: float | None
    reason: str | None = None
