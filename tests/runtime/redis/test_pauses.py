"""A server that fails is left alone for longer and longer, within a bound."""

from __future__ import annotations

from runtime.redis.pauses import FIRST, Pauses


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_pauses_double_up_to_the_longest() -> None:
    clock = Clock()
    pauses = Pauses(longest=8 * FIRST, clock=clock)
    waited = []
    for _ in range(6):
        pauses.failed("a", "gone")
        began = clock.now
        while pauses.reason("a") == "gone":
            clock.now += FIRST / 2
        waited.append(round((clock.now - began) / FIRST))

    assert waited == [1, 2, 4, 8, 8, 8]


def test_an_answer_ends_the_pauses() -> None:
    pauses = Pauses(longest=1.0, clock=Clock())
    pauses.failed("a", "gone")

    pauses.worked("a")

    assert pauses.reason("a") is None
    assert not pauses.has_failed("a")


def test_one_server_s_pause_is_not_another_s() -> None:
    pauses = Pauses(longest=1.0, clock=Clock())

    pauses.failed("a", "gone")

    assert pauses.reason("b") is None
