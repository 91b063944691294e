"""What calls have in common, told of them batch by batch."""

from __future__ import annotations

from math import exp, isclose

from actors.doctor.streams import HOLD, SUSPICION, Scope, Stream
from runtime.calls import E164

NUMBER = E164("+14155550000")


def told(stream: Stream, at: float, evidence: float, calls: int = 10) -> None:
    stream.gather(at, 9, exp(evidence), calls, 1, 2.0)
    stream.add_up()


def test_the_sum_starts_anew_when_the_suspicion_is_gone() -> None:
    stream = Stream(Scope.COUNTRY, "GB")
    told(stream, 1.0, 2.0)
    told(stream, 2.0, -3.0)

    assert (stream.sum, stream.calls, stream.answered, stream.expected) == (0.0, 0, 0, 0.0)


def test_a_change_is_dated_to_the_first_call_of_the_first_batch_under_suspicion() -> None:
    stream = Stream(Scope.HOUR, 9)
    told(stream, 1.0, -1.0)
    stream.gather(5.0, 10, exp(0.5), 10, 1, 2.0)
    stream.gather(4.0, 9, exp(0.5), 10, 1, 2.0)
    stream.add_up()
    told(stream, 8.0, 1.0)

    assert (stream.since, stream.first_hour, stream.calls) == (4.0, 9, 30)
    assert isclose(stream.sum, 2.0)


def test_a_stream_under_suspicion_teaches_nothing_until_no_test_has_confirmed_it_for_long() -> None:
    stream = Stream(Scope.COUNTRY, "GB")
    told(stream, 1.0, SUSPICION - 1.0)
    assert (stream.suspect, stream.teaches) == (False, True)

    told(stream, 2.0, 2.0)
    assert (stream.suspect, stream.teaches) == (True, False)

    told(stream, 3.0, 0.0, calls=HOLD)
    assert (stream.suspect, stream.teaches) == (True, True)


def test_who_adds_to_the_sum_is_forgotten_with_the_suspicion() -> None:
    stream = Stream(Scope.COUNTRY, "GB")
    told(stream, 1.0, SUSPICION + 1.0)
    stream.members[NUMBER] = 2.0

    told(stream, 2.0, -2.0)

    assert stream.members == {}
