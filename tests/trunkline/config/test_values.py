from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from trunkline.config.phones import read_phone
from trunkline.config.suggest import closest, did_you_mean
from trunkline.config.times import LONGEST_SECONDS, delay, duration, moment, weekdays, windows


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (30, 30.0),
        (0.5, 0.5),
        (0, 0.0),
        ("30s", 30.0),
        ("15m", 900.0),
        ("2h", 7200.0),
        ("1d", 86400.0),
        ("1.5h", 5400.0),
        ("15 m", 900.0),
        ("366d", LONGEST_SECONDS),
    ],
)
def test_a_duration_is_seconds_or_a_number_with_its_unit(written: object, seconds: float) -> None:
    assert duration(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        "30",
        "s",
        "-1s",
        "1h30m",
        "1e3s",
        "٣s",
        "1w",
        "1 h ",
        True,
        None,
        [1],
        -1,
        float("nan"),
        float("inf"),
        10**400,
        -(10**400),
    ],
)
def test_nothing_else_is_a_duration(written: object) -> None:
    with pytest.raises(PydanticCustomError):
        duration(written)


@given(st.integers(min_value=0, max_value=366), st.sampled_from("smhd"))
def test_a_unit_is_a_multiple_of_seconds(count: int, unit: str) -> None:
    assert duration(f"{count}{unit}") == count * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def test_never_is_final() -> None:
    assert delay("never") is None
    assert delay("2h") == 7200.0


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("09:00-17:30", ((540, 1050),)),
        (["09:00-12:00", "13:00 - 24:00"], ((540, 720), (780, 1440))),
        ("22:00-06:00", ((1320, 360),)),
        ("22:00-00:00", ((1320, 0),)),
    ],
)
def test_hours_are_minutes_after_midnight(written: object, expected: tuple[tuple[int, int], ...]) -> None:
    assert windows(written) == expected


def test_days_are_numbered_from_monday() -> None:
    assert weekdays(["sun", "mon", "sun"]) == (0, 6)


@pytest.mark.parametrize("written", ["2026-03-01T09:00:00Z", "2026-03-01 10:00+01:00"])
def test_a_time_has_its_offset(written: str) -> None:
    assert moment(written).timestamp() == 1772355600.0


@pytest.mark.parametrize(
    "written",
    [
        "+14155550100",
        "+1 (415) 555-0100",
        "+1.415.555.0100",
        "+1\u00a0415\u202f555\u20110100",
        "+1/415/555/0100",
    ],
)
def test_a_number_is_written_internationally_with_any_separators(written: str) -> None:
    assert read_phone(written) == ("+14155550100", "")


@pytest.mark.parametrize(
    "written", ["", "+", "14155550100", "tel:+14155550100", "+1415555010O", "+٤٤٢٠٧١٨٣٨٧٥٠", "++14155550100"]
)
def test_no_other_spelling_is_guessed(written: str) -> None:
    number, reason = read_phone(written)
    assert number is None
    assert reason


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("conection", ["connection", "campaign"], "connection"),
        ("EAST", ["east", "west"], "east"),
        ("zebra", ["east", "west"], None),
        ("", ["east"], None),
        ("x" * 10**6, ["east"], None),
    ],
)
def test_the_closest_name_is_suggested(word: str, known: list[str], expected: str | None) -> None:
    assert closest(word, known) == expected


def test_a_suggestion_is_a_question() -> None:
    assert did_you_mean("esat", ["east"]) == '; did you mean "east"?'
    assert did_you_mean("zebra", ["east"]) == ""


@pytest.mark.parametrize("read", [duration, delay, moment, weekdays, windows])
@given(value=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()))
def test_a_value_is_read_or_refused_in_a_sentence(read: Callable[[object], object], value: object) -> None:
    said = ""
    try:
        read(value)
    except PydanticCustomError as error:
        said = error.message()
    assert said.isprintable()
