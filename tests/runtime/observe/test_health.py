from __future__ import annotations

import pytest

from runtime.errors import LogError
from runtime.observe.events import (
    ActorCrashed,
    CampaignResumed,
    CampaignStalled,
    ConnectionClosed,
    ConnectionOpened,
    DispatchWaiting,
    EngineStarted,
    EngineStopped,
    Event,
    JournalAway,
    JournalBack,
    LeaseLapsed,
    StateAway,
    StateBack,
    StateLearned,
    StateLearning,
)
from runtime.observe.health import Health, HealthWatch
from runtime.observe.reference import event_types

STARTED = EngineStarted(run="r", versions={}, seed=1)


def health_after(*events: Event) -> Health:
    watch = HealthWatch()
    for event in events:
        assert watch.wants(type(event))
        watch(0.0, event)
    return watch.health()


def test_before_the_start_and_after_the_end_it_is_not_ready() -> None:
    assert not health_after().ready
    assert health_after(STARTED).ready
    assert not health_after(STARTED, EngineStopped(run="r", reason="closed")).ready


def test_without_its_journal_it_is_not_ready_until_that_is_back() -> None:
    away = JournalAway(reason="disk full")

    assert health_after(STARTED, away).journal_away == "disk full"
    assert not health_after(STARTED, away).ready
    assert health_after(STARTED, away, JournalBack(reason="written")).ready


def test_without_its_log_it_is_not_ready() -> None:
    watch = HealthWatch()
    watch(0.0, STARTED)

    watch.log_failed(LogError("run.log", "No space left on device"))

    assert watch.health().log_failure == "No space left on device"
    assert not watch.health().ready


def test_an_open_connection_is_told_while_the_others_go_on() -> None:
    opened = [
        ConnectionOpened(connection=name, limit=5, by="breaker", reason="failures")
        for name in ("west", "east")
    ]
    closed = ConnectionClosed(connection="west", limit=5, by="breaker", reason="probes")

    assert health_after(STARTED, *opened).open_connections == ("east", "west")
    assert health_after(STARTED, *opened, closed).open_connections == ("east",)
    assert health_after(STARTED, *opened).ready


def test_a_stalled_campaign_is_told_until_it_is_resumed() -> None:
    stalled = CampaignStalled(tenant="acme", campaign="spring", by="engine", reason="paused", contacts=3)
    resumed = CampaignResumed(tenant="acme", campaign="spring", by="operator")

    assert health_after(STARTED, stalled).stalled_campaigns == ("acme/spring",)
    assert health_after(STARTED, stalled, resumed).stalled_campaigns == ()


def test_crashes_are_counted() -> None:
    crash = ActorCrashed(actor="ContactActor", message="Offer", error="KeyError: 1")

    assert health_after(STARTED, crash, crash).crashes == 2


@pytest.mark.parametrize(
    "kind", [kind for kind in event_types() if kind.event.startswith(("call.", "contact."))]
)
def test_the_many_events_of_calls_and_contacts_do_not_pass_by(kind: type[Event]) -> None:
    assert not HealthWatch().wants(kind)
    assert not HealthWatch().wants(DispatchWaiting)


def test_without_the_shared_state_it_is_ready_until_its_leases_are_over() -> None:
    away, lapsed = StateAway(reason="timed out"), LeaseLapsed(resources=["tenant:acme"], reason="no answer")
    assert health_after(STARTED, away).ready
    assert health_after(STARTED, away).state_away == "timed out"
    stopped = health_after(STARTED, away, lapsed)
    assert (stopped.ready, stopped.lapsed) == (False, True)
    back = health_after(STARTED, away, lapsed, StateBack())
    assert (back.ready, back.state_away, back.lapsed) == (True, None, False)


def test_it_tells_while_the_shared_state_is_learning() -> None:
    learning = StateLearning(at_most_seconds=10.0)
    assert health_after(STARTED, learning).state_learning
    assert not health_after(STARTED, learning, StateLearned()).state_learning
