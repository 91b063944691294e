"""What the summary of a run that goes on is told, besides its history."""

from __future__ import annotations

from runtime.observe.events import (
    CallRinging,
    EngineRecovered,
    EngineStopped,
    Event,
)
from trunkline.history import NewEventsOnly

RECOVERED = EngineRecovered(run="r", versions={}, seed=1, life=2, in_doubt=0)
STOPPED = EngineStopped(run="r", reason="finished")
RINGING = CallRinging(tenant="t", campaign="c", call="r-1", contact="1", number="+1", connection="east")


class Sink:
    def __init__(self) -> None:
        self.told: list[type[Event]] = []

    def __call__(self, time: float, event: Event) -> None:
        self.told.append(type(event))

    def wants(self, kind: type[Event]) -> bool:
        return True


def told(*events: Event) -> list[type[Event]]:
    sink = Sink()
    only = NewEventsOnly(sink)
    for time, event in enumerate(events):
        only(float(time), event)
    return sink.told


def test_a_finished_run_does_not_last_until_it_was_looked_at_again() -> None:
    assert told(RECOVERED, STOPPED) == [EngineRecovered]


def test_a_run_that_goes_on_ends_where_it_stops() -> None:
    assert told(RECOVERED, RINGING, STOPPED) == [EngineRecovered, CallRinging, EngineStopped]


def test_a_line_that_a_crash_kept_from_the_log_is_in_the_history_already() -> None:
    missing = CallRinging(
        tenant="t", campaign="c", call="r-1", contact="1", number="+1", connection="east", recovered=True
    )

    assert told(RECOVERED, missing, STOPPED) == [EngineRecovered]
