"""What was advised, from when to when."""

from __future__ import annotations

from runtime.observe.events import Advice
from trunkline.summary.advice import AdviceBook


def advice(cause: str, *, over: bool = False) -> Advice:
    return Advice(
        tenant="acme",
        campaign="spring",
        kind="cap_binds",
        cause=cause,
        subject=None,
        severity="info",
        over=over,
        evidence={},
        suggestion="raise it",
    )


def test_two_causes_of_one_kind_are_two_pieces_of_advice() -> None:
    book = AdviceBook()

    book.take_in(1.0, advice("tenant_cap"))
    book.take_in(2.0, advice("campaign_cap"))
    book.take_in(3.0, advice("tenant_cap", over=True))

    assert [(one.advice.cause, one.begun, one.over) for one in book.given] == [
        ("tenant_cap", 1.0, 3.0),
        ("campaign_cap", 2.0, None),
    ]
