"""The actor that shares a tenant's answer rates with other daemons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykka import ActorRef

from actors.answer_rates.messages import (
    AskTotals,
    News,
    ShareNow,
    Stated,
    TotalsElsewhere,
    TotalsHeard,
    TotalsHere,
)
from actors.answer_rates.store import AnswerRatesStore
from actors.answer_rates.totals import Statement
from actors.partitions.messages import Depart, DepartAnyway
from actors.restart import RestartingActor, Supervisor
from runtime.kernel import handles
from runtime.ledger.statement import SEQUENCES

DEPART_SECONDS = 2.0
"""How long to wait at the end for the store to have the last results."""


class AnswerRatesActor(RestartingActor):
    """States what this daemon has counted, and brings its pool what others have.

    Once when it starts, then every so many seconds. It keeps what it has
    heard: where the store has lost something, whoever knows it says it again,
    also for a daemon that is no more.
    """

    def __init__(
        self,
        tenant: str,
        daemon: str,
        incarnation: int,
        store: AnswerRatesStore,
        pool: ActorRef[Any],
        seconds: float,
        supervisor: Supervisor,
    ) -> None:
        super().__init__()
        self.name = tenant
        self.supervisor = supervisor
        self._daemon = daemon
        self._first_version = incarnation * SEQUENCES
        self._store = store
        self._pool = pool
        self._seconds = seconds
        self._known: dict[str, Stated] = {}
        """The newest that is known of each daemon, this one's own once it was stated."""
        self._behind: frozenset[str] = frozenset()
        """The daemons of which the store knows less than this one."""
        self._has_heard = False
        self._is_sharing = False
        self._departing: Callable[[], None] | None = None
        self._is_last = False
        """Whether the last results are being stated."""

    def on_start(self) -> None:
        self._pool.tell(AskTotals(self.actor_ref))
        self.after(self._seconds, ShareNow(), background=True)

    @handles(ShareNow)
    def share_now(self, message: ShareNow) -> None:
        """Ask what was counted here."""
        if self._departing is None:
            self.after(self._seconds, message, background=True)
            self._pool.tell(AskTotals(self.actor_ref))

    @handles(TotalsHere)
    def totals_here(self, message: TotalsHere) -> None:
        """State it; the first time only ask, for an earlier life may have stated more."""
        if self._is_sharing:
            return
        self._is_sharing = True
        if self._has_heard:
            self._is_last = self._departing is not None
            self._state(Stated(self._first_version + message.results, message.totals))
        said = {daemon: self._known[daemon] for daemon in sorted(self._behind)}
        known = {daemon: stated.version for daemon, stated in self._known.items()}
        tell = self.actor_ref.tell
        self._store.share_answer_rates(self.name, said, known, lambda news: tell(TotalsHeard(news)))

    def _state(self, stated: Stated) -> None:
        before = self._known.get(self._daemon)
        if before is None or before.version < stated.version:
            self._known[self._daemon] = stated
            self._behind |= {self._daemon}

    @handles(TotalsHeard)
    def totals_heard(self, message: TotalsHeard) -> None:
        """Let the pool know what others have counted; say again at once what the store has lost."""
        news, first = message.news, not self._has_heard
        self._is_sharing, self._has_heard = False, True
        others = {daemon: one.totals for daemon, one in news.stated.items() if daemon != self._daemon}
        earlier: Statement | None = None
        if first:
            own = news.stated.get(self._daemon)
            earlier = {} if own is None else own.totals
        self._take_in(news)
        if others or first:
            self._pool.tell(TotalsElsewhere(others, earlier))
        if self._is_last and not self._behind:
            self._depart()
        elif self._behind or self._departing is not None:
            self._pool.tell(AskTotals(self.actor_ref))

    def _take_in(self, news: News) -> None:
        self._behind = news.behind & self._known.keys()
        for daemon, stated in news.stated.items():
            if daemon != self._daemon:
                self._known[daemon] = stated

    # The end

    @handles(Depart)
    def depart(self, message: Depart) -> None:
        """State the last results; the run is over."""
        self._departing = message.then
        self.after(DEPART_SECONDS, DepartAnyway())
        self._pool.tell(AskTotals(self.actor_ref))

    @handles(DepartAnyway)
    def depart_anyway(self, message: DepartAnyway) -> None:
        """Wait no longer for the store."""
        self._depart()

    def _depart(self) -> None:
        then, self._departing = self._departing, _nothing
        self._is_last = False
        assert then is not None
        then()

    # After a crash

    def rebuild(self) -> None:
        """Keep everything: each of it is a fact."""


def _nothing() -> None:
    """Follow nothing up."""
