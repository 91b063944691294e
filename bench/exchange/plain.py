"""Dispatch by plain calls: the least that the decisions can cost."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from actors.campaign.book import ContactBook, Standing
from actors.contact.attempts import Ended, Finish, next_attempt
from actors.settings import EngineSettings
from bench.exchange.decided import Decided
from bench.exchange.rules import NOW, Connection, Held, Pool, Tenant, fill, request_of
from runtime.calls import CallId, Outcome
from runtime.contacts import NewContact


class Dispatcher:
    """One campaign's dispatches, one after the other, at most so many in progress."""

    def __init__(self, settings: EngineSettings, rows: Sequence[NewContact], seed: int) -> None:
        self._settings = settings.campaigns[0]
        self._book = ContactBook()
        fill(self._book, rows)
        self._pool = Pool(settings, self._book, seed)
        self._connections = {one.name: Connection(one) for one in settings.connections}
        self._tenant = Tenant(settings.tenants[0].max_concurrent)
        self._journal: dict[CallId, object] = {}
        self._calls = 0
        self.decided: list[Decided] = []

    def run(self) -> list[Decided]:
        """Dispatch until nobody waits; a call ends when its slot is wanted."""
        in_progress: deque[tuple[CallId, Held]] = deque()
        while True:
            held = self._pool.draw()
            if held is not None:
                in_progress.append((self._begin(held), held))
            elif in_progress:
                self._end(*in_progress.popleft())
            else:
                return self.decided

    def _begin(self, held: Held) -> CallId:
        settings, choice = self._settings, held.choice
        self._calls += 1
        call = CallId(f"plain-{settings.name}-{self._calls}")
        self._book.set_standing(held.index, Standing.ACTIVE)
        record = self._book.record(held.index, ())
        assert self._pool.may_offer(held)
        connection = self._connections[choice.number.connection.name]
        assert connection.reserve(call, settings.tenant, choice.number.number) is not None
        assert self._tenant.reserve(call, settings.tenant, record.to) is not None
        request = request_of(
            settings,
            call,
            record.contact,
            record.to,
            record.attempts + 1,
            choice.number.number,
            connection.name,
        )
        self._journal[call] = request
        assert connection.pass_gate(request) is None
        self.decided.append(
            Decided(
                record.contact,
                choice.number.number,
                connection.name,
                choice.tier.value,
                choice.weight,
                choice.share,
                choice.candidates,
            )
        )
        return call

    def _end(self, call: CallId, held: Held) -> None:
        index, outcome = held.index, Outcome.ANSWERED
        del self._journal[call]
        self._connections[held.choice.number.connection.name].release(call, fault=False)
        self._tenant.release(call)
        self._book.placed(index, counted=True)
        self._book.mark_reached(index)
        self._book.set_sticky(index, held.choice.number.number)
        following = next_attempt(
            self._settings,
            Ended(outcome, "completed", 0.0, self._book.calls(index), 0, reached=True, on_sticky=False),
            NOW,
        )
        assert isinstance(following, Finish)
        self._book.set_standing(index, Standing[following.result.name])
        self._pool.release(held, outcome)
