"""Options that can't be are refused with the place and the reason."""

from __future__ import annotations

import math

import pytest

from runtime.calls import E164
from runtime.carriers import (
    BadOption,
    InstantLine,
    NumberOptions,
    SimulatedLine,
    SimulatedOptions,
    build_line,
    check_number,
    read_number_options,
    read_options,
)
from runtime.carriers.options import Change, NumberChange

BAD = [
    ({"answer_rate": 1.5}, "answer_rate", "1.5 is no rate; it must be from 0 to 1"),
    ({"busy_rate": -0.1}, "busy_rate", "-0.1 is no rate; it must be from 0 to 1"),
    ({"callback_rate": math.nan}, "callback_rate", "nan is no rate; it must be from 0 to 1"),
    ({"lose_events": 2}, "lose_events", "2.0 is no rate; it must be from 0 to 1"),
    ({"ring_seconds": 0}, "ring_seconds", "0 must be more than 0 seconds, and at most 1e9"),
    ({"talk_seconds": math.inf}, "talk_seconds", "inf must be more than 0 seconds, and at most 1e9"),
    ({"setup_ms": -1}, "setup_ms", "-1.0 must be 0 or more milliseconds, and at most 1e9"),
    ({"real_limit": -1}, "real_limit", "-1 must be a whole number of calls, 0 or more"),
    ({"real_limit": 2.5}, "real_limit", "Expected `int | null`, got `float`"),
    ({"answer_rate": "0.3"}, "answer_rate", "Expected `float`, got `str`"),
    ({"answer_rate": True}, "answer_rate", "Expected `float`, got `bool`"),
    ({"anser_rate": 0.3}, "options", "Object contains unknown field `anser_rate`"),
    ({"changes": [{"at": -1, "answer_rate": 0.1}]}, "changes[0].at", "-1.0 must be 0 or more seconds"),
    ({"changes": [{"at": 5}]}, "changes[0]", "names a time but nothing that changes then"),
    ({"changes": [{"answer_rate": 0.1}]}, "changes[0]", "Object missing required field `at`"),
    ({"changes": [{"at": 5, "outage": 0}]}, "changes[0].outage", "0.0 must be more than 0 seconds"),
    (
        {"changes": [{"at": 1, "outage": 1}, {"at": 5, "busy_rate": 3}]},
        "changes[1].busy_rate",
        "3.0 is no rate",
    ),
]


@pytest.mark.parametrize(("values", "option", "reason"), BAD)
def test_an_option_that_can_not_be_is_named_with_its_reason(values, option, reason):
    with pytest.raises(BadOption) as caught:
        read_options(values)
    assert caught.value.option == option
    assert reason in caught.value.reason
    assert str(caught.value) == f"{option}: {caught.value.reason}"


def test_rates_that_add_up_to_more_than_all_calls_are_refused_with_the_sum():
    with pytest.raises(BadOption) as caught:
        SimulatedOptions(answer_rate=0.9)
    assert str(caught.value) == (
        "answer_rate: answer_rate 0.9 + voicemail_rate 0.25 + busy_rate 0.05 + reject_rate 0.02"
        " + failure_rate 0.01 = 1.23 of the attempts; the sum must be at most 1"
    )


def test_rates_may_add_up_to_exactly_all_calls():
    SimulatedOptions(answer_rate=0.1, voicemail_rate=0.2, busy_rate=0.3, reject_rate=0.3, failure_rate=0.1)


def test_a_change_that_makes_the_rates_too_many_is_named_whatever_the_order_of_the_list():
    late, early = Change(at=9, voicemail_rate=0.4), Change(at=3, answer_rate=0.5)
    with pytest.raises(BadOption) as caught:
        SimulatedOptions(changes=(late, early), busy_rate=0.1)
    assert caught.value.option == "changes[0].answer_rate"


def test_a_number_is_checked_over_the_options_of_its_connection():
    number = NumberOptions(answer_rate=0.6)
    check_number(SimulatedOptions(), number)
    with pytest.raises(BadOption, match=r"answer_rate 0\.6"):
        check_number(SimulatedOptions(voicemail_rate=0.5), number)


def test_a_change_of_a_number_is_named_when_it_makes_the_rates_too_many():
    number = NumberOptions(changes=(NumberChange(at=60, answer_rate=0.9),))
    with pytest.raises(BadOption) as caught:
        check_number(SimulatedOptions(), number)
    assert caught.value.option == "changes[0].answer_rate"


def test_a_number_has_no_outage_of_its_own():
    with pytest.raises(BadOption, match="outage"):
        read_number_options({"changes": [{"at": 5, "outage": 60}]})


def test_the_defaults_are_those_of_the_documentation():
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


def test_a_line_is_built_by_its_carriers_name(lab):
    number = E164("+14155550101")
    line = build_line(
        "simulated", lab, seed=1, options={"answer_rate": 0.2}, numbers={number: {"answer_rate": 0.5}}
    )
    assert isinstance(line, SimulatedLine)
    assert line.true_answer_rate(number, 0) == 0.5
    assert line.true_answer_rate(E164("+14155550102"), 0) == 0.2
    assert isinstance(build_line("instant", lab, seed=1), InstantLine)


def test_an_unknown_carrier_is_refused_with_the_names_there_are(lab):
    with pytest.raises(BadOption, match="carrier: 'sip' is unknown; there are instant, simulated"):
        build_line("sip", lab, seed=1)


def test_the_instant_carrier_takes_no_options(lab):
    with pytest.raises(BadOption, match="answer_rate: the instant carrier has no options"):
        build_line("instant", lab, seed=1, options={"answer_rate": 0.5})
