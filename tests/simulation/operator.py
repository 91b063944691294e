"""The operator and the application, as the plan has them act."""

from __future__ import annotations

from typing import Any

import pykka

from actors.settings import EngineSettings, NumberSettings
from runtime.errors import ContactRefused, EngineClosed, UnknownName, WouldDeadlock
from runtime.kernel import TrioFuture
from tests.simulation.judge import Judge
from tests.simulation.plan import Action
from trunkline.engine import Engine

REFUSALS = (UnknownName, ContactRefused, EngineClosed)
ADDED = "+1646555{:04d}"


class Operator:
    """Carries out actions on whichever engine lives, and minds their answers."""

    def __init__(self, settings: EngineSettings, judge: Judge) -> None:
        self._settings = settings
        self._judge = judge
        self._numbers = {one.number: one for one in settings.numbers}
        self._added = 0
        self.added: dict[str, int] = {}
        self.asked: list[tuple[Action, TrioFuture[Any]]] = []
        self.unanswered: list[Action] = []
        self.done: dict[str, int] = {}
        self.ever_removed: set[str] = set()

    def act(self, engine: Engine, action: Action) -> None:
        """Do what the action says; a refusal is an answer too."""
        self.done[action.kind] = self.done.get(action.kind, 0) + 1
        if action.kind == "remove_number":
            self.ever_removed.add(action.name)
        try:
            answer = self._act(engine, action)
        except REFUSALS:
            return
        if answer is not None:
            self.asked.append((action, answer))

    def settle(self, *, crashed: bool) -> list[Action]:
        """Take stock of what was asked in a life that is over; return what got no answer."""
        unanswered = []
        for action, answer in self.asked:
            try:
                value = answer.get(timeout=0)
            except (WouldDeadlock, pykka.Timeout):
                unanswered.append(action)
            except REFUSALS:
                continue
            else:
                if action.kind == "add_contacts":
                    self.added[action.name] = self.added.get(action.name, 0) + value
        self.asked = []
        self.unanswered = unanswered if crashed else []
        return unanswered

    def restore(self, engine: Engine) -> None:
        """Undo whatever keeps a campaign from its end."""
        for number in self._settings.numbers:
            whose = tuple(
                one.name
                for one in self._settings.campaigns
                if one.tenant == number.tenant and number.number in (*one.pool, one.primary)
            )
            self._restore_number(engine, number, whose)
        for connection in self._settings.connections:
            self._ask(engine, "connection_limit", connection.name, connection.max_concurrent)
        for tenant in self._settings.tenants:
            self._ask(engine, "tenant_cap", tenant.name, tenant.max_concurrent)
        for campaign in self._settings.campaigns:
            self._ask(engine, "resume_campaign", campaign.name)
            if campaign.keep_open:
                self._ask(engine, "close_campaign", campaign.name)

    def _restore_number(self, engine: Engine, number: NumberSettings, whose: tuple[str, ...]) -> None:
        if number.number in self.ever_removed:
            for name in whose or (None,):
                self._ask(engine, "add_number", number.number, campaign=name)
        self._ask(engine, "unflag", number.number)
        self._ask(engine, "resume_number", number.number)

    def _ask(self, engine: Engine, kind: str, name: str, value: int = 0, campaign: str | None = None) -> None:
        self.act(engine, Action(at=0.0, kind=kind, name=name, value=value, campaign=campaign))

    def _act(self, engine: Engine, action: Action) -> TrioFuture[Any] | None:
        name, by = action.name, "simulation"
        match action.kind:
            case "flag":
                return engine.flag(name, by=by)
            case "unflag":
                return engine.unflag(name, by=by)
            case "pause_number":
                return engine.pause_number(name, by=by)
            case "resume_number":
                return engine.resume_number(name, by=by)
            case "remove_number":
                return engine.remove_number(name, campaign=action.campaign, by=by)
            case "add_number":
                where = () if action.campaign is None else (action.campaign,)
                return engine.add_number(self._numbers[_e164(name)], campaigns=where, by=by)
            case "connection_limit":
                return engine.set_connection_limit(name, action.value, by=by)
            case "tenant_cap":
                return engine.set_tenant_cap(name, action.value, by=by)
            case "pause_campaign":
                return engine.pause(name, by=by)
            case "resume_campaign":
                return engine.resume(name, by=by)
            case "cancel_campaign":
                return engine.cancel(name, by=by)
            case "close_campaign":
                engine.close_campaign(name)
                return None
            case "add_contacts":
                return engine.add_contacts(name, self._contacts(name, action.value))
            case "disposition":
                return self._tell_disposition(engine, action)
            case _:
                raise AssertionError(action.kind)

    def _contacts(self, campaign: str, count: int) -> list[dict[str, str]]:
        rows = []
        for _ in range(count):
            self._added += 1
            identity = f"added-{self._added}"
            self._judge.zones[campaign, identity] = ("America/New_York",)
            rows.append({"id": identity, "phone": ADDED.format(self._added)})
        return rows

    def _tell_disposition(self, engine: Engine, action: Action) -> TrioFuture[Any] | None:
        busy = [contact for campaign, contact in self._judge.busy if campaign == action.name]
        if not busy:
            return None
        said = ("completed", "callback", "hung_up")[action.value % 3]
        return engine.set_disposition(action.name, busy[action.value % len(busy)], said)


def _e164(number: str) -> Any:
    return number
