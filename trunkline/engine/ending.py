"""How a run comes to its end: done, stalled, closed, or because something failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pykka import ActorRef

from actors.contact.surroundings import HANGUP_GRACE_SECONDS
from actors.messages import (
    AskStall,
    CloseFeed,
    CloseGate,
    GoOn,
    HangUpAll,
    OpenGate,
    Reason,
    Stall,
    StopOffering,
)
from runtime.errors import ActorFailed, ContactsError, JournalContradicted, LogError, TrunklineError
from runtime.journal.base import Condition, JournalAway
from runtime.kernel import ActorSystem
from runtime.observe.events import CampaignFinished
from runtime.observe.events import JournalAway as JournalAwayEvent
from runtime.observe.events import JournalBack as JournalBackEvent
from runtime.observe.observer import Observer
from trunkline.running import Roster

LAST_SECONDS = HANGUP_GRACE_SECONDS + 5.0
"""How long after all calls were hung up the engine waits for slots that never come back."""

STUCK = "nothing can move the contacts that are left of"

LOOK_SECONDS = 0.05
"""How often is looked whether the last call is over."""

Failure = LogError | ContactsError | JournalContradicted | ActorFailed

WHY_STOPPED: Mapping[type[TrunklineError], Reason] = {
    LogError: Reason.LOG_AWAY,
    ContactsError: Reason.CLOSING,
    JournalContradicted: Reason.CLOSING,
    ActorFailed: Reason.CRASHED,
}


class Ending:
    """Knows when a run is over, and brings one to its end in order.

    `ended` is called once, with the reason. `drain` is how many seconds
    calls in progress get where something fails.
    """

    def __init__(
        self,
        roster: Roster,
        system: ActorSystem,
        observer: Observer,
        *,
        drain: float,
        ends_when_stalled: bool,
        ended: Callable[[str], None],
    ) -> None:
        self._roster = roster
        self._system = system
        self._observer = observer
        self._drain = drain
        self._ends_when_stalled = ends_when_stalled
        self._ended = ended
        self._away: str | None = None
        self._reason: str | None = None
        self._handled_at_rest: int | None = None
        """What will have been handled at the next rest if all that was asked changes nothing."""
        self.over = False
        self.stalled: dict[str, str] = {}
        self.failure: Failure | None = None

    def campaign_finished(self, event: CampaignFinished) -> None:
        """Note a campaign's last word; with the last campaign's the run ends."""
        assert event.campaign is not None
        self._roster.results[event.campaign] = event
        if self._roster.over:
            self.end(self._reason or ("stalled" if self.stalled else "finished"))

    def idle(self) -> None:
        """End what can't go on: nothing is queued, and no timer will change that.

        Where that has been tried and nothing came of it, the run fails: its
        contacts are in nobody's hands, which only a defect can bring about.
        """
        roster = self._roster
        if not self._ends_when_stalled or roster.closing or not roster.campaigns:
            return
        if self._away is not None:
            return  # the journal will come back
        going = {name: ref for name, ref in roster.campaigns.items() if name not in roster.results}
        handled = self._system.statistics().messages_handled
        if handled == self._handled_at_rest:
            self.give_up(f"{STUCK} {', '.join(map(repr, going))}")
            return
        self._handled_at_rest = handled + 2 * len(going)
        for ref in going.values():
            ref.tell(CloseFeed())
        for name, ref in going.items():
            roster.pool_of_campaign(name).tell(AskStall(name, _teller(ref, self.stalled, name)))

    def journal_condition(self, condition: Condition) -> None:
        """Stop dialing while the journal is away, and say why; dial on when it is back."""
        if isinstance(condition, JournalAway):
            if self._away is None:
                self._observer.emit(JournalAwayEvent(reason=condition.reason))
                self._stop_dialing(Reason.JOURNAL_AWAY)
            self._away = condition.reason
        elif self._away is not None:
            self._away = None
            self._observer.emit(JournalBackEvent(reason=condition.reason))
            if not self._roster.closing:
                for ref in self._roster.connections.values():
                    ref.tell(OpenGate())
                for pool in self._roster.pools.values():
                    pool.tell(GoOn())

    def give_up(self, reason: str) -> None:
        """End the run because its actors crash."""
        if self.failure is None:
            self.fail(ActorFailed(reason))

    def fail(self, failure: Failure) -> None:
        """End the run in order, and remember why."""
        self.failure = failure
        self._stop_dialing(WHY_STOPPED[type(failure)])
        self._await_calls("failed", self._drain)

    def close(self, drain: float) -> None:
        """Stop dialing, let calls in progress end within `drain` seconds, then hang up."""
        if self.over or self._roster.over:
            return
        self._stop_dialing(Reason.CLOSING)
        self._await_calls("closed", drain)

    def end(self, reason: str) -> None:
        """Say that the run is over, once."""
        if self.over:
            return
        self.over = self._roster.closing = True
        self._ended(reason)

    def _stop_dialing(self, reason: Reason) -> None:
        roster = self._roster
        for ref in (*roster.pools.values(), *roster.campaigns.values()):
            ref.tell(StopOffering())
        for ref in roster.connections.values():
            ref.tell(CloseGate(reason))

    def _await_calls(self, reason: str, drain: float) -> None:
        first = not self._roster.closing
        self._reason = self._reason or reason
        self._roster.closing = True
        if first:
            self._look_for_end(self._system.clock.monotonic() + drain, hung_up=False)
        if drain <= 0:
            self._hang_up_all()

    def _look_for_end(self, hang_up_at: float, *, hung_up: bool) -> None:
        if self.over:
            return
        reason, now = self._reason or "closed", self._system.clock.monotonic()
        if all(_in_use(ref) == 0 for ref in self._roster.connections.values()):
            self.end(reason)
            return
        if not hung_up and now >= hang_up_at:
            self._hang_up_all()
            hung_up = True
        if now >= hang_up_at + LAST_SECONDS:
            self.end(reason)
            return
        self._system.call_later(LOOK_SECONDS, lambda: self._look_for_end(hang_up_at, hung_up=hung_up))

    def _hang_up_all(self) -> None:
        for ref in self._roster.campaigns.values():
            ref.tell(HangUpAll("closing"))


def _in_use(ref: ActorRef[Any]) -> int:
    actor = ref._actor_weakref()  # on the loop, between messages
    return 0 if actor is None else int(actor.slots.in_use)


def _teller(ref: ActorRef[Any], stalled: dict[str, str], name: str) -> Callable[[str], None]:
    def tell(reason: str) -> None:
        stalled[name] = reason
        ref.tell(Stall(reason))

    return tell
