"""A campaign is over when all its partitions are finished, whoever has them."""

from __future__ import annotations

from actors.partitions.completion import READ_SECONDS, Completion, Verdict
from actors.partitions.messages import Counts
from runtime.ledger.resource import PARTITIONS

SPRING, FALL = "spring", "fall"
ALL = dict.fromkeys(range(PARTITIONS), Counts(reached=1))


def units(*partitions: int) -> frozenset[int]:
    return frozenset(partitions)


def dialing(*partitions: int) -> Completion:
    """Dial one campaign in these partitions."""
    completion = Completion()
    completion.join(SPRING)
    completion.has_read(SPRING)
    completion.gained(units(*partitions))
    return completion


def test_no_partition_is_wanted_before_every_campaign_has_read_its_contacts() -> None:
    completion = dialing()
    completion.join(FALL)

    assert not completion.wants_partitions
    completion.has_read(FALL)
    assert completion.wants_partitions


def test_no_partition_is_wanted_where_every_campaign_is_over() -> None:
    completion = dialing()

    completion.read({SPRING: ALL}, set())

    assert not completion.wants_partitions


def test_others_are_asked_only_where_nothing_is_left_to_do_here() -> None:
    completion = dialing(1, 2)

    assert not completion.asks(10.0)
    completion.finished(SPRING, units(1))
    assert not completion.asks(10.0)
    completion.gone(units(2))
    assert completion.asks(10.0)


def test_others_are_asked_once_at_a_time_and_not_without_a_pause() -> None:
    completion = dialing()

    assert completion.asks(10.0)
    assert not completion.asks(20.0)
    completion.read({}, set())
    assert completion.asks(20.0)
    completion.read({}, set())
    assert not completion.asks(20.0 + READ_SECONDS / 2)
    assert completion.asks(20.0 + READ_SECONDS)


def test_a_campaign_is_over_with_all_its_contacts_when_its_last_partition_is_finished() -> None:
    completion = dialing()
    lacking = {number: one for number, one in ALL.items() if number}

    assert completion.read({SPRING: lacking}, set()) == Verdict({}, {})
    assert completion.read({SPRING: ALL}, set()) == Verdict({SPRING: Counts(reached=PARTITIONS)}, {})
    assert completion.read({SPRING: ALL}, set()) == Verdict({}, {})


def test_a_partition_that_is_finished_here_and_not_known_to_be_is_told_of_again() -> None:
    completion = dialing(1, 2, 3)
    completion.finished(SPRING, units(1, 2))

    assert completion.read({SPRING: {2: Counts()}}, {1, 2, 3}) == Verdict({}, {SPRING: units(1)})
