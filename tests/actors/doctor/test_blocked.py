"""Numbers that the network, or the callees, refuse."""

from __future__ import annotations

import random

from actors.doctor.blocked import BlockedDetector
from runtime.calls import E164
from runtime.causes import CauseClass

NUMBER = E164("+14155552671")


def test_a_few_blocked_calls_in_tens_are_enough() -> None:
    detector = BlockedDetector()
    for index in range(60):
        cause = CauseClass.BLOCKED_NETWORK if index % 4 == 0 else CauseClass.BUSY
        found = detector.hear(NUMBER, cause, float(index))
        if found is not None:
            break

    assert found is not None
    assert found.number == NUMBER
    assert found.calls <= 25
    assert found.blocked == {"blocked_network": (found.calls + 3) // 4}


def test_one_blocked_call_in_a_hundred_is_no_alarm() -> None:
    detector = BlockedDetector()
    draws = random.Random(1)
    causes = [CauseClass.UNWANTED if draws.random() < 0.01 else None for _ in range(20_000)]

    assert not any(detector.hear(NUMBER, cause, 0.0) for cause in causes)


def test_declines_of_persons_are_not_counted() -> None:
    detector = BlockedDetector()

    assert not any(detector.hear(NUMBER, CauseClass.DECLINED, 0.0) for _ in range(1000))


def test_the_network_and_the_callee_are_counted_apart() -> None:
    detector = BlockedDetector()
    causes = [CauseClass.BLOCKED_NETWORK, CauseClass.UNWANTED] * 5

    found = next(one for one in (detector.hear(NUMBER, cause, 0.0) for cause in causes) if one is not None)

    assert set(found.blocked) == {"blocked_network", "unwanted"}


def test_sixty_calls_without_a_refusal_end_it() -> None:
    detector = BlockedDetector()
    while detector.hear(NUMBER, CauseClass.UNWANTED, 0.0) is None:
        pass

    clean = 0
    while not detector.is_over(NUMBER):
        detector.hear(NUMBER, None, 0.0)
        clean += 1

    assert 40 <= clean <= 80


def test_a_number_that_is_still_refused_is_not_said_again() -> None:
    detector = BlockedDetector()
    said = [detector.hear(NUMBER, CauseClass.UNWANTED if i % 4 == 0 else None, 0.0) for i in range(900)]

    assert sum(one is not None for one in said) == 1
    assert not detector.is_over(NUMBER)
