"""What the audit knows of a breaker whose calls' ends come by the batch."""

from __future__ import annotations

from trunkline.audit.breaker import Breaker
from trunkline.audit.limits import SHORTLY_SECONDS

NOW = 1000.0


def counted(*faults: bool, now: float = NOW) -> Breaker:
    """Let a breaker that opens at one half hear of calls, all in one instant."""
    breaker = Breaker(0.5)
    for fault in faults:
        breaker.count(fault=fault, now=now)
    return breaker


def test_it_may_open_amid_ends_whose_lines_come_before_its_own() -> None:
    half_of_twenty, better = (True, False) * 10, (False,) * 12

    breaker = counted(*half_of_twenty, *better)

    assert breaker.may_open(NOW)
    assert not breaker.may_open(NOW + SHORTLY_SECONDS + 0.1)


def test_it_may_not_open_where_its_rate_was_never_reached() -> None:
    assert not counted(*((True, False, False) * 10)).may_open(NOW)


def test_once_it_has_opened_and_closed_earlier_faults_open_it_no_more() -> None:
    breaker = counted(*((True, False) * 10))

    breaker.open(NOW)
    breaker.close()

    assert not breaker.may_open(NOW)
