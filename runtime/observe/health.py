"""Say in one record whether the engine can do its work, and what is in the way."""

from __future__ import annotations

import msgspec

from runtime.errors import LogError
from runtime.observe import events
from runtime.observe.events import Event

KINDS = frozenset({"engine", "campaign", "connection", "journal", "actor", "state", "lease"})
"""What events begin with that tell of trouble."""


class Health(msgspec.Struct, frozen=True):
    """How the engine is; tuples are sorted.

    `ready` says that it dials: started, not stopped, log and journal
    writable, and some of shared limits at hand. `state_away` says why the
    shared state doesn't answer, `state_learning` that it is finding out what
    daemons hold, `lapsed` that leases ended in the meantime. Open connections
    and stalled campaigns are told, yet the rest goes on without them. `crashes` counts crashed actors.
    """

    ready: bool
    running: bool
    journal_away: str | None
    log_failure: str | None
    open_connections: tuple[str, ...]
    stalled_campaigns: tuple[str, ...]
    crashes: int
    state_away: str | None = None
    state_learning: bool = False
    lapsed: bool = False


class HealthWatch:
    """Follow the events that tell of trouble and of its end."""

    def __init__(self) -> None:
        self._running = False
        self._journal_away: str | None = None
        self._log_failure: str | None = None
        self._open_connections: set[str] = set()
        self._stalled: set[str] = set()
        self._crashes = 0
        self._state_away: str | None = None
        self._learning = False
        self._lapsed = False

    def wants(self, kind: type[Event]) -> bool:
        """Leave out the events of single calls and contacts."""
        return kind.event.partition(".")[0] in KINDS

    def __call__(self, time: float, event: Event) -> None:
        match event:
            case events.EngineStarted():
                self._running = True
            case events.EngineStopped():
                self._running = False
            case events.JournalAway(reason=reason):
                self._journal_away = reason
            case events.JournalBack():
                self._journal_away = None
            case events.StateAway(reason=reason):
                self._state_away = reason
            case events.StateBack():
                self._state_away, self._lapsed = None, False
            case events.LeaseLapsed():
                self._lapsed = self._state_away is not None
            case events.StateLearning():
                self._learning = True
            case events.StateLearned():
                self._learning = False
            case events.ConnectionOpened(connection=connection):
                self._open_connections.add(connection)
            case events.ConnectionClosed(connection=connection):
                self._open_connections.discard(connection)
            case events.CampaignStalled(tenant=tenant, campaign=campaign):
                self._stalled.add(f"{tenant}/{campaign}")
            case (
                events.CampaignStarted(tenant=tenant, campaign=campaign)
                | events.CampaignResumed(tenant=tenant, campaign=campaign)
            ):
                self._stalled.discard(f"{tenant}/{campaign}")
            case events.ActorCrashed():
                self._crashes += 1
            case _:
                pass

    def log_failed(self, failure: LogError) -> None:
        """Take note that the log can't be written; it can't tell by itself."""
        self._log_failure = failure.reason

    def health(self) -> Health:
        """Return how things stand."""
        return Health(
            ready=self._running
            and self._journal_away is None
            and self._log_failure is None
            and not self._lapsed,
            running=self._running,
            journal_away=self._journal_away,
            log_failure=self._log_failure,
            open_connections=tuple(sorted(self._open_connections)),
            stalled_campaigns=tuple(sorted(self._stalled)),
            crashes=self._crashes,
            state_away=self._state_away,
            state_learning=self._learning,
            lapsed=self._lapsed,
        )
