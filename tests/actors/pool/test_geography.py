"""Where phone numbers are at home, held against libphonenumber."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

from actors.pool.geography import Place, offset_distance, place_of


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def as_libphonenumber_places(e164: str) -> Place:
    number = phonenumbers.parse(e164)
    zones = tuple(time_zones_for_number(number))
    return Place(phonenumbers.region_code_for_number(number), () if zones == ("Etc/Unknown",) else zones)


def valid_e164(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number)
        else None
    )


def numbers_like_examples(random: Random) -> Iterator[str]:
    """Take every region's example of every kind, and vary its last digits."""
    kinds = [kind for kind in PhoneNumberType.values() if kind != PhoneNumberType.UNKNOWN]
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in kinds:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            text = phonenumbers.format_number(example, PhoneNumberFormat.E164)
            for changed in (0, 4, 7):
                kept = text[: max(len(text) - changed, 3)]
                varied = kept + "".join(random.choice("0123456789") for _ in range(len(text) - len(kept)))
                if (e164 := valid_e164(varied)) is not None:
                    yield e164
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        example = phonenumbers.example_number_for_non_geo_entity(code)
        if example is not None:
            yield phonenumbers.format_number(example, PhoneNumberFormat.E164)


def numbers_under_every_zone_prefix(random: Random) -> Iterator[str]:
    for prefix in sorted(TIMEZONE_DATA):
        for length in (10, 11, 12):
            rest = "".join(random.choice("0123456789") for _ in range(max(length - len(prefix), 1)))
            if (e164 := valid_e164(f"+{prefix}{rest}")) is not None:
                yield e164
                break


def test_numbers_of_every_region_and_kind_are_placed_as_libphonenumber_does() -> None:
    numbers = sorted(set(numbers_like_examples(Random(1))))
    assert len(numbers) > 2_000
    assert len({phonenumbers.region_code_for_number(phonenumbers.parse(number)) for number in numbers}) > 240
    assert [number for number in numbers if place_of(number) != as_libphonenumber_places(number)] == []


def test_numbers_of_every_zone_are_placed_as_libphonenumber_does() -> None:
    numbers = list(numbers_under_every_zone_prefix(Random(2)))
    assert len(numbers) > len(TIMEZONE_DATA) // 2
    assert [number for number in numbers if place_of(number) != as_libphonenumber_places(number)] == []


@given(st.from_regex(r"\A\+(1|7|44|39|47|61|212|262|358|590|599)[2-9][0-9]{8,9}\Z"))
def test_numbers_of_shared_calling_codes_are_placed_as_libphonenumber_does(text: str) -> None:
    e164 = valid_e164(text)
    if e164 is not None:
        assert place_of(e164) == as_libphonenumber_places(e164)


@given(st.text(max_size=20))
def test_any_text_has_a_place_if_only_nowhere(text: str) -> None:
    assert isinstance(place_of(text), Place)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+14155550100", "US"),
        ("+14165550100", "CA"),
        ("+442071838750", "GB"),
        ("+447911123456", "GG"),
        ("+77012345678", "KZ"),
        ("+80012345678", "001"),
    ],
)
def test_the_region_is_the_numbers_own_not_its_calling_codes(number: str, region: str) -> None:
    assert place_of(number).region == region


def test_a_number_of_no_country_has_no_zone() -> None:
    assert place_of("+80012345678") == Place("001", ())


def test_equal_places_are_one_object() -> None:
    assert place_of("+14155550100") is place_of("+14155559999")


@pytest.mark.parametrize(
    ("number", "area"),
    [
        ("+14155550100", "1-415"),
        ("+16475550100", "1-647"),
        ("+442071838750", "44-London"),
        ("+493012345678", "49-Berlin"),
        ("+390612345678", "39-Rome"),
        # Mobiles with an area: the mobile token is no part of it.
        ("+5491112345678", "54-Buenos Aires"),
        # Mobiles without one, and a country that is described by its name only.
        ("+4915123456789", None),
        ("+35020012345", None),
        ("+80012345678", None),
    ],
)
def test_an_area_is_an_area_code_or_what_libphonenumber_describes(number: str, area: str | None) -> None:
    assert place_of(number, with_area=True).area == area


def test_the_area_is_left_out_unless_asked_for() -> None:
    assert place_of("+442071838750").area is None


def test_the_geocoder_is_loaded_only_when_an_area_is_asked_for() -> None:
    script = (
        "import sys\n"
        "from actors.pool.geography import place_of\n"
        "place_of('+442071838750'); place_of('+14155550100', with_area=True)\n"
        "before = 'phonenumbers.geodata' in sys.modules\n"
        "place_of('+442071838750', with_area=True)\n"
        "print(before, 'phonenumbers.geodata' in sys.modules)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("ours", "theirs", "when", "hours"),
    [
        (("Europe/London",), ("Europe/Berlin",), "2026-01-05T12:00", 1.0),
        (("America/New_York",), ("Europe/London",), "2026-01-05T12:00", 5.0),
        # Between the American and the European change of clocks.
        (("America/New_York",), ("Europe/London",), "2026-03-20T12:00", 4.0),
        (("Asia/Kolkata",), ("Asia/Kathmandu",), "2026-01-05T12:00", 0.25),
        # Of several zones the nearest pair counts.
        (
            ("America/New_York", "America/Los_Angeles"),
            ("Asia/Tokyo", "America/Denver"),
            "2026-01-05T12:00",
            1.0,
        ),
        # Offsets are apart as numbers, not around the globe.
        (("Pacific/Auckland",), ("Pacific/Honolulu",), "2026-01-05T12:00", 23.0),
    ],
)
def test_the_distance_is_the_smallest_difference_of_offsets_at_that_moment(
    ours: tuple[str, ...], theirs: tuple[str, ...], when: str, hours: float
) -> None:
    assert offset_distance(ours, theirs, at(when)) == hours
    assert offset_distance(theirs, ours, at(when)) == hours


def test_the_distance_changes_at_the_very_quarter_hour_of_the_clock_change() -> None:
    change = at("2026-03-29T01:00")
    distances = [offset_distance(("Europe/London",), ("UTC",), change + seconds) for seconds in (-1, 0)]
    assert distances == [0.0, 1.0]


@pytest.mark.parametrize(
    "unknown", ["", "Nowhere/Land", "../etc/passwd", "America", "/etc/passwd", "a\0b", "\ud800"]
)
def test_a_zone_that_is_none_has_no_distance(unknown: str) -> None:
    moment = at("2026-01-05T12:00")
    assert offset_distance((unknown,), ("Europe/London",), moment) is None
    assert offset_distance((), ("Europe/London",), moment) is None
    assert offset_distance((unknown, "Europe/Paris"), ("Europe/London",), moment) == 1.0


ZONES = sorted({zone for zones in TIMEZONE_DATA.values() for zone in zones})


def test_every_zone_that_libphonenumber_gives_is_known_here() -> None:
    moment = at("2026-01-05T12:00")
    assert [zone for zone in ZONES if offset_distance((zone,), ("UTC",), moment) is None] == []


@given(
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=4).map(tuple),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=4).map(tuple),
    st.floats(min_value=at("2020-01-01T00:00"), max_value=at("2035-01-01T00:00")),
)
def test_places_that_share_a_zone_are_no_hours_apart_and_distance_is_mutual(
    ours: tuple[str, ...], theirs: tuple[str, ...], moment: float
) -> None:
    distance = offset_distance(ours, theirs, moment)
    assert distance is not None
    assert distance == offset_distance(theirs, ours, moment)
    assert offset_distance(ours, (*theirs, ours[0]), moment) == 0.0
