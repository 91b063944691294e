"""The carrier's own count of calls, which auditors trust."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.calls import E164, CallId, CallRequest, ContactId, Outcome
from runtime.carriers import SIMULATED, Tally, build_line
from runtime.carriers.tally import CampaignName, ContactName
from tests.runtime.carriers.laboratory import NOBODY, Laboratory


def test_calls_that_are_up_and_their_peak_are_counted_by_the_carrier(lab: Laboratory) -> None:
    line = lab.line(**NOBODY)
    calls = [lab.place(line, index) for index in range(5)]
    lab.run(10)
    for call in calls[:3]:
        line.hang_up(call)
    lab.run(10)
    total = line.statistics().total
    assert (total.up, total.peak_up, total.placed) == (2, 5, 5)
    assert total.outcomes == {Outcome.CANCELED: 3}
    assert line.calls_up() == tuple(calls[3:])


def test_counts_are_kept_by_connection_tenant_campaign_and_number(lab: Laboratory) -> None:
    line = lab.line(**NOBODY)
    lab.place(line, 0, number=E164("+14155550101"))
    lab.place(line, 1, number=E164("+14155550102"), tenant="zeta")
    seen = line.statistics()
    assert {name: count.up for name, count in seen.connections.items()} == {"east": 2}
    assert {name: count.up for name, count in seen.tenants.items()} == {"acme": 1, "zeta": 1}
    assert set(seen.campaigns) == {CampaignName("acme", "spring"), CampaignName("zeta", "spring")}
    assert {name: count.up for name, count in seen.numbers.items()} == {"+14155550101": 1, "+14155550102": 1}


def test_a_tally_shared_by_two_lines_sees_a_tenant_over_both(lab: Laboratory) -> None:
    tally = Tally()
    east, west = lab.line(**NOBODY, tally=tally), lab.line(**NOBODY, tally=tally)
    lab.place(east, 0, connection="east")
    lab.place(west, 1, connection="west")
    seen = tally.statistics()
    assert seen.tenants["acme"].peak_up == 2
    assert {name: count.peak_up for name, count in seen.connections.items()} == {"east": 1, "west": 1}


def test_a_phone_in_two_calls_of_a_tenant_at_once_is_seen(lab: Laboratory) -> None:
    line = lab.line(**NOBODY)
    lab.place(line, 0, to="+12125550123")
    lab.place(line, 1, to="+12125550123", tenant="zeta")
    assert line.statistics().peak_up_of_a_phone == 1
    lab.place(line, 2, to="+12125550123", campaign="autumn")
    assert line.statistics().peak_up_of_a_phone == 2


def test_a_phone_called_again_afterwards_is_in_one_call_at_once(lab: Laboratory) -> None:
    line = lab.line(**NOBODY)
    first = lab.place(line, 0)
    line.hang_up(first)
    lab.run(1)
    lab.place(line, 0, call="second")
    assert line.statistics().peak_up_of_a_phone == 1


def test_a_refused_call_is_placed_and_failed_and_never_up(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, real_limit=1)
    lab.place(line, 0)
    lab.place(line, 1)
    total = line.statistics().total
    assert (total.up, total.peak_up, total.placed, total.congested) == (1, 1, 2, 1)
    assert total.outcomes == {Outcome.FAILED: 1}


def test_calls_of_a_contact_are_counted_on_request(lab: Laboratory) -> None:
    line = lab.line(**NOBODY, tally=Tally(count_contacts=True))
    for attempt in (1, 2):
        lab.place(line, 0, call=f"call-{attempt}", attempt=attempt)
    assert line.statistics().placed_by_contact == {ContactName("acme", "spring", "0"): 2}
    plain = lab.line()
    lab.place(plain, 0)
    assert plain.statistics().placed_by_contact == {}


def test_statistics_do_not_change_afterwards(lab: Laboratory) -> None:
    line = lab.line(**NOBODY)
    before = line.statistics()
    lab.place(line)
    assert (before.total.placed, dict(before.connections)) == (0, {})


def request(index: int, phone: int) -> CallRequest:
    return CallRequest(
        CallId(f"call-{index}"),
        "acme",
        "spring",
        ContactId(str(phone)),
        1,
        E164(f"+1212555{phone:04}"),
        E164("+14155550100"),
        "east",
        45,
        3600,
        0,
    )


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3))))
def test_what_was_placed_is_up_or_has_an_outcome(steps: list[tuple[bool, int]]) -> None:
    tally = Tally()
    up: list[CallRequest] = []
    peak = 0
    for index, (begins, choice) in enumerate(steps):
        if begins or not up:
            up.append(request(index, choice))
            tally.begin(up[-1])
        else:
            tally.end(up.pop(choice % len(up)), Outcome.ANSWERED)
        peak = max(peak, len(up))
    total = tally.statistics().total
    assert (total.up, total.peak_up) == (len(up), peak)
    assert total.placed == total.up + sum(total.outcomes.values())


@pytest.mark.parametrize("asked", [True, False])
def test_a_line_made_by_name_counts_calls_only_for_who_hands_a_tally_in(lab: Laboratory, asked: bool) -> None:
    tally = Tally()
    line = build_line(SIMULATED, lab, seed=7, tally=tally if asked else None)  # type: ignore[arg-type]  # it has a clock and timers
    lab.place(line)
    assert tally.statistics().total.placed == (1 if asked else 0)
