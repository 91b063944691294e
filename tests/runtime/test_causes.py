"""What a carrier's cause text says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.causes import CauseClass, classify_cause


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("603+", CauseClass.BLOCKED_NETWORK),
        ("SIP 603 Network Blocked", CauseClass.BLOCKED_NETWORK),
        ("608 Rejected", CauseClass.BLOCKED_NETWORK),
        ("blocked_network", CauseClass.BLOCKED_NETWORK),
        ("607", CauseClass.UNWANTED),
        ("sip:607 Unwanted", CauseClass.UNWANTED),
        ("603", CauseClass.DECLINED),
        ("Q.850 cause 21", CauseClass.DECLINED),
        ("404", CauseClass.UNALLOCATED),
        ("SIP/2.0 404 Not Found", CauseClass.UNALLOCATED),
        ("Q.850;cause=1", CauseClass.UNALLOCATED),
        ("unallocated", CauseClass.UNALLOCATED),
        ("486 Busy Here", CauseClass.BUSY),
        ("480", CauseClass.UNREACHABLE),
        ("503 Service Unavailable", CauseClass.CONGESTION),
        ("congestion", CauseClass.CONGESTION),
        ("outage", CauseClass.CARRIER),
        ("carrier_error: RuntimeError('x')", CauseClass.CARRIER),
        ("max_ring", CauseClass.OTHER),
        ("hung_up", CauseClass.OTHER),
        ("", CauseClass.OTHER),
    ],
)
def test_codes_and_words_are_classed(cause: str, expected: CauseClass) -> None:
    assert classify_cause(cause) is expected


def test_without_a_cause_there_is_no_class() -> None:
    assert classify_cause(None) is None


@given(st.text())
def test_any_text_has_a_class(text: str) -> None:
    assert isinstance(classify_cause(text), CauseClass)
