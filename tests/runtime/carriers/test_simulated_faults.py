"""Congestion, outages, a changing world, and events that go astray."""

from __future__ import annotations

import math
from collections import Counter

from runtime.calls import E164, CallProgress, Outcome
from runtime.carriers import NumberOptions, SimulatedLine
from runtime.carriers.options import Change, NumberChange
from runtime.carriers.simulated import LATE_SECONDS
from tests.runtime.carriers.laboratory import ANSWERED, NOBODY, Laboratory


def test_a_call_above_the_real_limit_meets_congestion_without_ringing(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, real_limit=2)
    calls = [lab.place(line, index) for index in range(3)]
    lab.run(1)
    assert [lab.progress(call) for call in calls] == [["ringing"], ["ringing"], ["ended"]]
    end = lab.end(calls[2])
    assert (end.outcome, end.cause, end.ring_seconds) == (Outcome.FAILED, "congestion", None)


def test_a_congested_call_takes_no_channel(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, real_limit=1)
    first, _second = lab.place(line, 0), lab.place(line, 1)
    assert line.calls_up() == (first,)
    line.hang_up(first)
    lab.run(0.04)
    third = lab.place(line, 2)
    lab.run(1)
    assert lab.progress(third) == ["ringing"]


def test_a_channel_is_free_when_the_hang_up_is_done_and_not_before(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, real_limit=1)
    first = lab.place(line, 0)
    lab.run(1)
    line.hang_up(first)
    second = lab.place(line, 1)
    lab.run(1)
    assert lab.end(second).cause == "congestion"


def test_a_real_limit_can_fall_and_keeps_the_calls_that_are_up(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, changes=(Change(at=10, real_limit=1),))
    calls = [lab.place(line, index) for index in range(3)]
    lab.run(10)
    late = lab.place(line, 3)
    lab.run(1)
    assert lab.end(late).cause == "congestion"
    assert line.calls_up() == tuple(calls)


def test_calls_in_an_outage_fail_before_ringing(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, changes=(Change(at=100, outage=60),))
    for index, at in enumerate((99.9, 100.0, 159.9, 160.0)):
        lab.run(at - lab.clock.monotonic())
        lab.place(line, index)
    lab.run()
    assert lab.causes() == [None, "outage", "outage", None]
    assert [lab.end(call).ring_seconds is None for call in lab.events] == [False, True, True, False]


def test_calls_that_are_up_outlast_an_outage(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, talk_seconds=1_000, changes=(Change(at=5, outage=600),))
    call = lab.place(line)
    lab.run()
    assert (lab.end(call).outcome, lab.end(call).cause) == (Outcome.ANSWERED, None)


def test_outages_may_overlap(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, changes=(Change(at=0, outage=10), Change(at=5, outage=20)))
    for index, at in enumerate((0, 12, 25)):
        lab.run(at - lab.clock.monotonic())
        lab.place(line, index)
    lab.run()
    assert lab.causes() == ["outage", "outage", None]


def answered_share(lab: Laboratory, line: SimulatedLine, number: E164, calls: int) -> float:
    start = len(lab.events)
    placed = [lab.place(line, start + index, number=number) for index in range(calls)]
    lab.run(3_599)
    for call in line.calls_up():
        line.hang_up(call)
    lab.run(1)
    outcomes = Counter(lab.end(call).outcome for call in placed)
    return outcomes[Outcome.ANSWERED] / calls


def test_a_number_can_collapse_while_the_others_go_on(lab: Laboratory) -> None:
    labelled, healthy = E164("+14155550101"), E164("+14155550102")
    collapse = NumberOptions(changes=(NumberChange(at=7_200, answer_rate=0.02),))
    line = lab.line(numbers={labelled: collapse})
    before = [answered_share(lab, line, number, 2_000) for number in (labelled, healthy)]
    after = [answered_share(lab, line, number, 2_000) for number in (labelled, healthy)]
    tolerance = 4 * math.sqrt(0.3 * 0.7 / 2_000)
    assert abs(before[0] - 0.3) < tolerance
    assert abs(before[1] - 0.3) < tolerance
    assert abs(after[0] - 0.02) < tolerance
    assert abs(after[1] - 0.3) < tolerance


def test_the_true_answer_rate_follows_the_changes(lab: Laboratory) -> None:
    number = E164("+14155550101")
    drift = tuple(NumberChange(at=3_600.0 * hour, answer_rate=0.4 - 0.1 * hour) for hour in (1, 2, 3))
    line = lab.line(
        numbers={number: NumberOptions(answer_rate=0.4, changes=drift)},
        changes=(Change(at=9_000, answer_rate=0.05), Change(at=20_000, outage=10)),
    )
    other = E164("+14155550102")
    assert [round(line.true_answer_rate(number, at), 6) for at in (0, 3_599, 3_600, 7_200, 10_800)] == [
        *(0.4, 0.4, 0.3, 0.2, 0.1),
    ]
    assert [line.true_answer_rate(other, at) for at in (0, 8_999, 9_000)] == [0.3, 0.3, 0.05]
    assert line.true_answer_rate(number, 20_005) == 0.0


def test_a_falling_answer_rate_only_takes_answers_away(lab: Laboratory) -> None:
    high, low = lab.line(answer_rate=0.3), lab.line(answer_rate=0.1)
    for index in range(500):
        lab.place(high, index, call=f"high-{index}")
        lab.place(low, index, call=f"low-{index}")
    lab.run(100_000)
    for line in (high, low):
        for call in line.calls_up():
            line.hang_up(call)
    lab.run()
    pairs = {(lab.end(f"high-{i}").outcome, lab.end(f"low-{i}").outcome) for i in range(500)}
    assert {(a, b) for a, b in pairs if a is not b} == {(Outcome.ANSWERED, Outcome.CANCELED)}


def test_a_lost_event_is_never_reported(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, lose_events=1.0)
    call = lab.place(line)
    lab.run()
    assert lab.events[call] == []
    assert line.calls_up() == ()
    assert line.statistics().events_lost == 3


def test_hanging_up_a_call_whose_end_was_lost_confirms_that_it_is_gone(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, lose_events=1.0)
    call = lab.place(line)
    lab.run()
    line.hang_up(call)
    line.hang_up(call)
    lab.run()
    assert (lab.end(call).outcome, lab.end(call).cause) == (Outcome.ANSWERED, "gone")
    assert lab.talked(call) > 0
    assert lab.progress(call) == ["ended"]


def test_a_hang_up_whose_end_is_lost_is_confirmed_by_the_next(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, lose_events=1.0)
    call = lab.place(line)
    lab.run(10)
    line.hang_up(call)
    lab.run(1)
    assert lab.progress(call) == []
    assert line.calls_up() == ()
    line.hang_up(call)
    lab.run(1)
    assert (lab.end(call).outcome, lab.end(call).cause) == (Outcome.CANCELED, "gone")


def test_a_late_event_comes_within_thirty_seconds(lab: Laboratory) -> None:
    punctual, line = lab.line(**ANSWERED), lab.line(**ANSWERED, late_events=0.2)
    for index in range(500):
        lab.place(punctual, index, call=f"punctual-{index}")
        lab.place(line, index, call=f"late-{index}")
    lab.run()
    delays = [
        late - time
        for index in range(500)
        for event, time in zip(lab.events[f"punctual-{index}"], lab.times[f"punctual-{index}"], strict=True)
        for again, late in zip(lab.events[f"late-{index}"], lab.times[f"late-{index}"], strict=True)
        if again.progress is event.progress
    ]
    late = [delay for delay in delays if delay > 0]
    assert len(delays) == 1_500
    assert line.statistics().events_late == len(late)
    assert 0 < min(late) < 1
    assert LATE_SECONDS - 1 < max(late) <= LATE_SECONDS


def test_a_call_whose_end_is_late_is_over_before(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, late_events=1.0)
    call = lab.place(line)
    lab.run(60)
    line.hang_up(call)
    lab.run(0.04)
    assert line.calls_up() == ()
    assert lab.progress(call) == ["ringing"]
    lab.run(LATE_SECONDS)
    assert lab.progress(call) == ["ringing", "ended"]


def test_a_duplicate_event_is_reported_twice(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, duplicate_events=1.0)
    call = lab.place(line)
    lab.run()
    assert lab.progress(call) == ["ringing", "ringing", "answered", "answered", "ended", "ended"]
    assert line.statistics().events_duplicated == 3
    assert line.statistics().total.outcomes == {Outcome.ANSWERED: 1}


def test_events_go_astray_at_the_given_rates(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, lose_events=0.2, late_events=0.3, duplicate_events=0.1)
    for index in range(2_000):
        lab.place(line, index)
    lab.run()
    seen = line.statistics()
    kept = 6_000 - seen.events_lost
    assert abs(seen.events_lost - 1_200) < 4 * math.sqrt(6_000 * 0.2 * 0.8)
    assert abs(seen.events_late - 0.3 * kept) < 4 * math.sqrt(kept * 0.3 * 0.7)
    assert abs(seen.events_duplicated - 0.1 * kept) < 4 * math.sqrt(kept * 0.1 * 0.9)


def test_faults_of_events_can_stop(lab: Laboratory) -> None:
    line = lab.line(**ANSWERED, lose_events=1.0, changes=(Change(at=1_000, lose_events=0.0),))
    lost = lab.place(line, 0)
    lab.run(1_000)
    heard = lab.place(line, 1)
    lab.run()
    assert lab.events[lost] == []
    assert [event.progress for event in lab.events[heard]] == list(CallProgress)
