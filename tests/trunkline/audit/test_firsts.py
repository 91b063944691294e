"""Which violation is a first one, and which follows from it."""

from __future__ import annotations

from runtime.observe.events import CallRinging
from trunkline.audit.firsts import Firsts


def line(call: str, contact: str, tenant: str = "acme") -> CallRinging:
    return CallRinging(
        tenant=tenant, campaign="spring", call=call, contact=contact, number="+1", connection="east"
    )


def test_another_line_of_the_same_call_or_contact_follows() -> None:
    firsts = Firsts()

    causes = [
        firsts.cause_of("call.end", 10, line("a", "1")),
        firsts.cause_of("call.sequence", 11, line("a", "2")),
        firsts.cause_of("contact.one_call", 12, line("b", "1")),
        firsts.cause_of("contact.one_call", 13, line("b", "9")),
    ]

    assert causes == [None, 10, 10, 10]
    assert [(one.cause, one.rule, one.count, one.first) for one in firsts.follow_ups] == [
        (10, "call.sequence", 1, 11),
        (10, "contact.one_call", 2, 12),
    ]


def test_another_call_of_another_contact_is_a_first_one() -> None:
    firsts = Firsts()

    firsts.cause_of("call.end", 10, line("a", "1"))

    assert firsts.cause_of("call.end", 11, line("b", "2")) is None


def test_a_sum_follows_from_any_earlier_violation_of_the_tenant() -> None:
    firsts = Firsts()

    firsts.cause_of("call.end", 10, line("a", "1"))

    assert firsts.cause_of("tenant.cap", 11, line("b", "2")) == 10
    assert firsts.cause_of("tenant.cap", 12, line("c", "3", tenant="other")) is None


def test_a_call_that_is_told_by_its_id_alone_follows_too() -> None:
    firsts = Firsts()

    firsts.cause_of("call.end", 10, line("a", "1"))

    assert firsts.cause_of("call.end", 99, None, "a") == 10
