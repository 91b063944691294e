"""Options that can't be are refused with the place and the reason."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runtime.calls import E164, CallId, CallRequest
from runtime.carriers import (
    BadOption,
    NumberOptions,
    Report,
    SimulatedLine,
    SimulatedOptions,
    TaskLine,
    build_line,
    check_number,
)
from runtime.carriers.options import Change, NumberChange
from runtime.kernel import ActorSystem, VirtualClock

AT_5 = Change(at=5, outage=60)

BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"answer_rate": 1.5}, "answer_rate", "1.5 is no rate; it must be from 0 to 1"),
    ({"busy_rate": -0.1}, "busy_rate", "-0.1 is no rate; it must be from 0 to 1"),
    ({"callback_rate": math.nan}, "callback_rate", "nan is no rate; it must be from 0 to 1"),
    ({"lose_events": 2}, "lose_events", "2 is no rate; it must be from 0 to 1"),
    ({"ring_seconds": 0}, "ring_seconds", "0 must be more than 0 seconds, and at most 1e9"),
    ({"talk_seconds": math.inf}, "talk_seconds", "inf must be more than 0 seconds, and at most 1e9"),
    ({"setup_ms": -1}, "setup_ms", "-1 must be 0 or more milliseconds, and at most 1e9"),
    ({"real_limit": -1}, "real_limit", "-1 must be a whole number of calls, 0 or more"),
    ({"real_limit": 2.5}, "real_limit", "2.5 must be a whole number of calls, 0 or more"),
    ({"answer_rate": "0.3"}, "answer_rate", "'0.3' is no number"),
    ({"answer_rate": True}, "answer_rate", "True is no number"),
    (
        {"changes": (Change(at=-1, answer_rate=0.1),)},
        "changes[0].at",
        "-1 must be 0 or more seconds, and at most 1e9",
    ),
    ({"changes": (AT_5, Change(at=5))}, "changes[1]", "names a time but nothing that changes then"),
    (
        {"changes": (Change(at=5, outage=0),)},
        "changes[0].outage",
        "0 must be more than 0 seconds, and at most 1e9",
    ),
    (
        {"changes": (AT_5, Change(at=9, busy_rate=3))},
        "changes[1].busy_rate",
        "3 is no rate; it must be from 0 to 1",
    ),
]


@pytest.mark.parametrize(("values", "option", "reason"), BAD)
def test_an_option_that_can_not_be_is_named_with_its_reason(
    values: dict[str, Any], option: str, reason: str
) -> None:
    with pytest.raises(BadOption) as caught:
        SimulatedOptions(**values)
    assert (caught.value.option, caught.value.reason) == (option, reason)
    assert str(caught.value) == f"{option}: {reason}"


def test_a_number_is_checked_like_a_connection() -> None:
    with pytest.raises(BadOption, match=r"changes\[0\]\.talk_seconds: -1 must be more than 0 seconds"):
        NumberOptions(changes=(NumberChange(at=5, talk_seconds=-1),))


def test_rates_that_add_up_to_more_than_all_calls_are_refused_with_the_sum() -> None:
    with pytest.raises(BadOption) as caught:
        SimulatedOptions(answer_rate=0.9)
    assert str(caught.value) == (
        "answer_rate: answer_rate 0.9 + voicemail_rate 0.25 + busy_rate 0.05 + reject_rate 0.02"
        " + failure_rate 0.01 = 1.23 of the attempts; the sum must be at most 1"
    )


def test_rates_may_add_up_to_exactly_all_calls() -> None:
    SimulatedOptions(answer_rate=0.1, voicemail_rate=0.2, busy_rate=0.3, reject_rate=0.3, failure_rate=0.1)


def test_a_change_that_makes_the_rates_too_many_is_named_whatever_the_order_of_the_list() -> None:
    late, early = Change(at=9, voicemail_rate=0.4), Change(at=3, answer_rate=0.5)
    with pytest.raises(BadOption) as caught:
        SimulatedOptions(changes=(late, early), busy_rate=0.1)
    assert caught.value.option == "changes[0].answer_rate"


def test_a_number_is_checked_over_the_options_of_its_connection() -> None:
    number = NumberOptions(answer_rate=0.6)
    check_number(SimulatedOptions(), number)
    with pytest.raises(BadOption, match=r"answer_rate 0\.6"):
        check_number(SimulatedOptions(voicemail_rate=0.5), number)


def test_a_change_of_a_number_is_named_when_it_makes_the_rates_too_many() -> None:
    number = NumberOptions(changes=(NumberChange(at=60, answer_rate=0.9),))
    with pytest.raises(BadOption) as caught:
        check_number(SimulatedOptions(), number)
    assert caught.value.option == "changes[0].answer_rate"


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert SimulatedOptions() == SimulatedOptions(
        answer_rate=0.3,
        voicemail_rate=0.25,
        busy_rate=0.05,
        reject_rate=0.02,
        failure_rate=0.01,
        ring_seconds=12,
        talk_seconds=60,
        callback_rate=0.1,
        real_limit=None,
        lose_events=0,
        late_events=0,
        duplicate_events=0,
        setup_ms=40,
        changes=(),
    )


async def test_a_line_is_built_by_its_carriers_name() -> None:
    number, other = E164("+14155550101"), E164("+14155550102")
    async with ActorSystem(clock=VirtualClock()) as system:
        line = build_line(
            "simulated",
            system,
            seed=1,
            options=SimulatedOptions(answer_rate=0.2),
            numbers={number: NumberOptions(answer_rate=0.5)},
        )
    assert isinstance(line, SimulatedLine)
    assert line.true_answer_rate(number, 0) == 0.5
    assert line.true_answer_rate(other, 0) == 0.2


async def test_an_applications_own_carrier_is_built_by_its_name() -> None:
    class Own:
        async def place(self, request: CallRequest, report: Report) -> None: ...

        async def hang_up(self, call: CallId) -> None: ...

    async with ActorSystem(clock=VirtualClock()) as system:
        assert isinstance(build_line("sip", system, seed=1, carriers={"sip": Own()}), TaskLine)


async def test_an_unknown_carrier_is_refused_with_the_names_there_are() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        with pytest.raises(BadOption, match="carrier: 'sip' is unknown; there are simulated"):
            build_line("sip", system, seed=1)
