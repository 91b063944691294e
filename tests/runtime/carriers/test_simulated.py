"""How a simulated call goes, from place to end."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runtime.calls import CallEvent, Outcome
from tests.runtime.carriers.laboratory import NOBODY, Laboratory


def only(**rates: float) -> dict[str, Any]:
    return {**NOBODY, **rates}


def test_an_answered_call_rings_is_answered_and_ends(lab: Laboratory) -> None:
    call = lab.place(lab.line(**only(answer_rate=1.0)))
    lab.run()
    assert lab.progress(call) == ["ringing", "answered", "ended"]
    assert lab.end(call).outcome is Outcome.ANSWERED


def test_the_end_of_an_answered_call_carries_its_measured_times(lab: Laboratory) -> None:
    call = lab.place(lab.line(**only(answer_rate=1.0)))
    lab.run()
    rang, answered, ended = lab.times[call]
    assert lab.rang(call) == answered - rang > 0
    assert lab.talked(call) == ended - answered > 0


def test_a_call_rings_after_setup(lab: Laboratory) -> None:
    call = lab.place(lab.line(setup_ms=250, **only(answer_rate=1.0)))
    lab.run()
    assert lab.times[call][0] == 0.25


def test_a_voicemail_is_not_reported_as_answered(lab: Laboratory) -> None:
    call = lab.place(lab.line(**only(voicemail_rate=1.0)))
    lab.run()
    assert lab.progress(call) == ["ringing", "ended"]
    end = lab.end(call)
    assert (end.outcome, end.disposition) == (Outcome.VOICEMAIL, None)
    assert lab.rang(call) > 0
    assert lab.talked(call) > 0


def test_a_call_that_nobody_answers_rings_until_it_is_hung_up(lab: Laboratory) -> None:
    line = lab.line(**only())
    call = lab.place(line)
    lab.run(100_000)
    assert lab.progress(call) == ["ringing"]
    line.hang_up(call)
    lab.run()
    end = lab.end(call)
    assert (end.outcome, end.cause, end.talk_seconds) == (Outcome.CANCELED, "hung_up", None)
    assert lab.rang(call) == pytest.approx(100_000)


def test_a_busy_line_ends_the_call_within_two_seconds_without_ringing(lab: Laboratory) -> None:
    calls = [lab.place(lab.line(**only(busy_rate=1.0)), index) for index in range(50)]
    lab.run()
    for call in calls:
        assert lab.progress(call) == ["ended"]
        assert (lab.end(call).outcome, lab.end(call).ring_seconds) == (Outcome.BUSY, None)
        assert 1.04 < lab.times[call][0] < 2.04


def test_a_rejected_call_rings_shortly(lab: Laboratory) -> None:
    line = lab.line(**only(reject_rate=1.0))
    calls = [lab.place(line, index) for index in range(400)]
    lab.run()
    assert all(lab.progress(call) == ["ringing", "ended"] for call in calls)
    assert all(lab.end(call).outcome is Outcome.REJECTED for call in calls)
    assert sum(lab.rang(call) for call in calls) / 400 == pytest.approx(0.3 * 12, rel=0.1)


def test_a_carrier_fault_ends_the_call_after_setup_without_ringing(lab: Laboratory) -> None:
    call = lab.place(lab.line(**only(failure_rate=1.0)))
    lab.run()
    end = lab.end(call)
    assert (end.outcome, end.cause, end.ring_seconds) == (Outcome.FAILED, "carrier_fault", None)
    assert lab.times[call] == [0.04]


def test_a_call_placed_later_than_its_not_after_is_void(lab: Laboratory) -> None:
    line = lab.line(**only(answer_rate=1.0))
    call = lab.place(line, not_after=lab.clock.time() - 0.001)
    lab.run()
    assert lab.progress(call) == ["ended"]
    assert (lab.end(call).outcome, lab.end(call).cause) == (Outcome.CANCELED, "not_after")
    assert line.statistics().voided == 1
    assert line.statistics().total.placed == 0


def test_a_call_placed_at_its_not_after_is_placed(lab: Laboratory) -> None:
    call = lab.place(lab.line(**only(answer_rate=1.0)), not_after=lab.clock.time())
    lab.run()
    assert lab.end(call).outcome is Outcome.ANSWERED


def test_some_of_the_answered_ask_for_a_callback(lab: Laboratory) -> None:
    line = lab.line(**only(answer_rate=1.0))
    calls = [lab.place(line, index) for index in range(2_000)]
    lab.run()
    asked = sum(lab.end(call).disposition == "callback" for call in calls)
    assert abs(asked - 200) < 4 * math.sqrt(2_000 * 0.1 * 0.9)
    assert {lab.end(call).disposition for call in calls} == {None, "callback"}


def test_hanging_up_before_the_ringing_cancels_the_call(lab: Laboratory) -> None:
    line = lab.line(**only(answer_rate=1.0))
    call = lab.place(line)
    line.hang_up(call)
    lab.run()
    assert lab.progress(call) == ["ended"]
    assert (lab.end(call).outcome, lab.end(call).ring_seconds) == (Outcome.CANCELED, None)


def test_hanging_up_in_a_conversation_leaves_it_answered(lab: Laboratory) -> None:
    line = lab.line(**only(answer_rate=1.0), callback_rate=1.0, talk_seconds=100_000)
    call = lab.place(line)
    lab.run(200)
    line.hang_up(call)
    lab.run(0.05)
    end = lab.end(call)
    assert (end.outcome, end.cause, end.disposition) == (Outcome.ANSWERED, "hung_up", None)
    assert lab.talked(call) == pytest.approx(200.04 - lab.times[call][1])


def test_hanging_up_on_a_voicemail_leaves_it_a_voicemail(lab: Laboratory) -> None:
    line = lab.line(**only(voicemail_rate=1.0), talk_seconds=100_000)
    call = lab.place(line)
    lab.run(200)
    line.hang_up(call)
    lab.run(0.05)
    assert (lab.end(call).outcome, lab.end(call).cause) == (Outcome.VOICEMAIL, "hung_up")


def test_hanging_up_twice_ends_the_call_once(lab: Laboratory) -> None:
    line = lab.line(**only())
    call = lab.place(line)
    lab.run(1)
    line.hang_up(call)
    line.hang_up(call)
    lab.run()
    line.hang_up(call)
    lab.run()
    assert lab.progress(call) == ["ringing", "ended"]


def test_hanging_up_again_does_not_put_the_end_off(lab: Laboratory) -> None:
    line = lab.line(**only())
    call = lab.place(line)
    lab.run(1)
    line.hang_up(call)
    lab.run(0.03)
    line.hang_up(call)
    lab.run(0.02)
    assert lab.times[call][-1] == 1.04


def test_an_event_handler_may_hang_up(lab: Laboratory) -> None:
    line = lab.line(**only(answer_rate=1.0))
    request = lab.request()
    events: list[CallEvent] = []

    def report(event: CallEvent) -> None:
        events.append(event)
        line.hang_up(event.call)

    line.place(request, report)
    lab.run()
    assert [event.progress.value for event in events] == ["ringing", "ended"]


def test_a_call_id_that_is_up_is_not_placed_again(lab: Laboratory) -> None:
    line = lab.line()
    lab.place(line)
    with pytest.raises(ValueError, match="'call-0' is up already"):
        lab.place(line)


def test_a_time_scale_shortens_ring_and_talk_times_alone(lab: Laboratory) -> None:
    plain, short = lab.line(**only(answer_rate=1.0)), lab.line(**only(answer_rate=1.0), time_scale=0.01)
    slow, fast = lab.place(plain, call="slow"), lab.place(short, call="fast")
    lab.run()
    assert lab.times[fast][0] == lab.times[slow][0] == 0.04
    assert lab.rang(fast) == pytest.approx(lab.rang(slow) / 100)
    assert lab.talked(fast) == pytest.approx(lab.talked(slow) / 100)


def test_a_time_scale_of_nothing_is_refused(lab: Laboratory) -> None:
    with pytest.raises(ValueError, match="time_scale: 0 must be more than 0"):
        lab.line(time_scale=0.0)
