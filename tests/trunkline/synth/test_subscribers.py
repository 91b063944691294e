"""Numbers of a region that somebody could have."""

from __future__ import annotations

from itertools import islice
from random import Random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType
from phonenumbers.shortnumberinfo import connects_to_emergency_number

from trunkline.contacts import Dialable, read_phone
from trunkline.synth.subscribers import OutOfNumbers, Subscribers

ELSEWHERE = ("EH",)
"""What libphonenumber lists for it, it takes for numbers of a neighbour."""

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS - set(ELSEWHERE))
KINDS = {PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


@given(st.sampled_from(REGIONS), st.integers())
@settings(max_examples=150, deadline=None)
def test_a_number_is_valid_of_its_region_and_neither_premium_nor_an_emergency(region: str, seed: int) -> None:
    for number in islice(Subscribers(region, Random(seed)), 10):
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.region_code_for_number(parsed) == region
        assert phonenumbers.number_type(parsed) in KINDS
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
        national = phonenumbers.national_significant_number(parsed)
        assert not connects_to_emergency_number(national, region)
        assert isinstance(read_phone(number), Dialable)


@given(st.sampled_from(REGIONS), st.integers())
@settings(max_examples=30, deadline=None)
def test_no_number_comes_twice(region: str, seed: int) -> None:
    drawn = list(islice(Subscribers(region, Random(seed)), 500))

    assert len(set(drawn)) == len(drawn) == 500


def test_the_same_seed_draws_the_same_numbers() -> None:
    def draw(seed: int) -> list[str]:
        return list(islice(Subscribers("GB", Random(seed)), 50))

    assert draw(4) == draw(4)
    assert draw(4) != draw(5)


@pytest.mark.parametrize(("region", "most"), [("TA", 1000), ("TK", 2600)])
def test_a_small_region_gives_all_it_has_and_then_says_so(region: str, most: int) -> None:
    subscribers = Subscribers(region, Random(1))
    drawn = {next(subscribers) for _ in range(most)}

    assert len(drawn) == most
    with pytest.raises(OutOfNumbers, match=f"{region} has no more than {most:,}"):
        next(subscribers)


@pytest.mark.parametrize("region", ELSEWHERE)
def test_a_region_whose_numbers_count_as_a_neighbours_has_none(region: str) -> None:
    with pytest.raises(OutOfNumbers, match=f"{region} has no more than 0"):
        next(Subscribers(region, Random(1)))


def test_half_of_the_numbers_are_mobile_where_they_can_be_told() -> None:
    drawn = islice(Subscribers("DE", Random(1)), 400)
    kinds = [phonenumbers.number_type(phonenumbers.parse(number)) for number in drawn]

    assert 160 < kinds.count(PhoneNumberType.MOBILE) < 240


def test_north_american_exchanges_are_no_service_codes() -> None:
    exchanges = {number[5:8] for number in islice(Subscribers("US", Random(1)), 8000)}

    assert len(exchanges) > 700
    assert not exchanges & {"976", "211", "311", "411", "511", "611", "711", "811", "911"}


def test_there_is_no_such_region() -> None:
    with pytest.raises(ValueError, match="'XX'"):
        Subscribers("XX", Random(1))
