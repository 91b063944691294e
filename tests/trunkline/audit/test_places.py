"""Where numbers are, and what carriers' words mean, beside the engine's own reading."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from actors.pool.geography import offset_distance, place_of
from runtime.causes import CauseClass, classify_cause
from trunkline.audit import places
from trunkline.audit.causes import is_unallocated

EXAMPLES = sorted(
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in phonenumbers.SUPPORTED_REGIONS
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    if (number := phonenumbers.example_number_for_type(region, kind)) is not None
)


@pytest.mark.parametrize("number", ["+447911123456", "+390612345678", "+80012345678", "+18005551234", "+999"])
def test_a_number_is_placed_as_libphonenumber_does(number: str) -> None:
    place = places.place_of(number)

    assert (place.region, place.zones) == (place_of(number).region, place_of(number).zones)


def test_every_region_is_placed_as_the_engine_does() -> None:
    for number in EXAMPLES:
        place = places.place_of(number)
        assert (place.region, place.zones) == (place_of(number).region, place_of(number).zones), number


@pytest.mark.parametrize(
    ("number", "area"), [("+14155550100", "1-415"), ("+442071838750", "44-London"), ("+4915112345678", None)]
)
def test_an_area_is_an_area_code_or_what_libphonenumber_calls_it(number: str, area: str | None) -> None:
    assert places.area_of(number) == area == place_of(number, with_area=True).area


ZONES = st.lists(
    st.sampled_from(["Europe/Paris", "Asia/Kolkata", "America/Denver", "Pacific/Apia", "None/Such"]),
    max_size=3,
).map(tuple)


@given(ours=ZONES, theirs=ZONES, at=st.integers(1_750_000_000, 1_800_000_000))
def test_the_distance_of_zones_is_the_engine_s(
    ours: tuple[str, ...], theirs: tuple[str, ...], at: int
) -> None:
    assert places.distance(ours, theirs, at) == offset_distance(ours, theirs, at)


def test_a_wrong_place_is_found_whenever_it_is_another_one() -> None:
    known = places.Places()

    assert known.right("+14155550100", "US", ("America/Los_Angeles",)) is None
    assert known.right("+14155550101", "US", ("America/New_York",)) is not None
    assert known.right("+14155550102", "CA", ("America/Los_Angeles",)) is not None


WORDS = [
    *("404", "410", "604", "486", "603", "603+", "1", "17", "22", "22.5", "q.850", "cause", "sip", "x1"),
    *("network blocked", "not found", "unallocated number", "busy", "outage", "carrier_fault", "unwanted"),
]


@given(
    st.one_of(
        st.none(),
        st.text(max_size=12),
        st.lists(
            st.sampled_from(WORDS),
            max_size=4,
        ).map(" ".join),
    )
)
@example("404 network blocked 603")
def test_what_says_that_nobody_has_a_number_is_what_the_engine_takes_for_it(cause: str | None) -> None:
    assert is_unallocated(cause) == (classify_cause(cause) is CauseClass.UNALLOCATED)
