"""An actor that crashes again and again: given up, with the reason, or started anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actors.contact.actor import ContactActor
from actors.pool.actor import PoolActor
from actors.restart import MOST_CRASHES_OF_A_CONTACT
from runtime.observe.events import ContactFinished
from tests.trunkline.engine.crashing import Crashes, Fault, Kind, Raise, before, crashed
from tests.trunkline.engine.scenes import Scene, asked, dial
from tests.trunkline.engine.test_boundaries import exchange


@pytest.mark.parametrize("kind", [("PoolActor", "Release"), ("ConnectionActor", "Place")], ids="-".join)
def test_a_message_that_crashes_again_ends_the_engine_in_order_and_says_why(
    tmp_path: Path, kind: Kind
) -> None:
    def choose(actor: Any, message: Any) -> Raise | None:
        return always if (type(actor).__name__, type(message).__name__) == kind else None

    def always(_handler: Any, actor: Any, _message: Any) -> None:
        actor._handlers = {**actor._handlers, type(_message): fail}
        fail(actor, _message)

    def fail(_actor: Any, _message: Any) -> None:
        raise Fault("again")

    run = dial(Scene(exchange), tmp_path, Crashes(choose))

    assert run.result.reason == "failed"
    assert run.result.failure is not None
    assert f"{kind[0]} " in run.result.failure
    assert "Fault('again')" in run.result.failure
    assert run.log[-1][1].event == "engine.stopped"
    grants = [event for _, event in run.log if event.event == "dispatch.granted"]
    ends = [event for _, event in run.log if event.event == "call.ended"]
    assert len(grants) == len(ends), "calls in progress are kept to their end"


def test_the_fifth_crash_within_a_minute_ends_the_engine(tmp_path: Path) -> None:
    crashes = Crashes(lambda actor, message: before if type(message).__name__ == "RequestNumber" else None)

    run = dial(Scene(lambda folder: asked(folder)), tmp_path, crashes)

    assert run.result.reason == "failed"
    assert run.result.failure is not None
    assert run.result.failure.startswith("PoolActor acme crashed 5 times within 60 s, at last on Request")


def test_a_contact_that_always_crashes_is_given_up_and_the_others_are_called(tmp_path: Path) -> None:
    def choose(actor: Any, message: Any) -> Raise | None:
        weird = getattr(actor, "record", None) is not None and actor.record.contact == "1"
        return before if weird and type(message).__name__ == "Offer" else None

    crashes = Crashes(choose)
    run = dial(Scene(exchange), tmp_path, crashes)

    assert run.result.reason == "finished"
    assert len(crashes.hits) == MOST_CRASHES_OF_A_CONTACT
    results = {event.contact: event.result for _, event in run.log if isinstance(event, ContactFinished)}
    assert results["1"] == "exhausted"
    assert len(results) == 3
    assert run.left == []


def test_an_actor_that_crashes_as_it_starts_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    for actor in (ContactActor, PoolActor):
        monkeypatch.setattr(actor, "on_start", _failing_once(actor.on_start, actor.__name__, started))

    run = dial(Scene(exchange), tmp_path, Crashes(lambda _actor, _message: None))

    assert run.result.reason == "finished"
    assert {event.actor.split()[0] for event in crashed(run.log)} == {"ContactActor", "PoolActor"}
    assert run.left == []


def _failing_once(on_start: Callable[[Any], None], name: str, started: list[str]) -> Callable[[Any], None]:
    def start(actor: Any) -> None:
        first = name not in started
        started.append(name)
        if first:
            raise Fault("on_start")
        on_start(actor)

    return start
