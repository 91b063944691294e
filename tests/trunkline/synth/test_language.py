"""Patterns of numbering plans: counted and listed."""

from __future__ import annotations

import re
from itertools import product

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from trunkline.synth.language import Numbers


def all_that_match(pattern: str, length: int) -> list[str]:
    texts = ("".join(digits) for digits in product("0123456789", repeat=length))
    return [text for text in texts if re.fullmatch(pattern, text)]


atoms = st.sampled_from(["0", "7", "[2-46]", r"\d", "[13]"])


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(parts, parts).map("".join),
        st.tuples(parts, parts).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        parts.map(lambda part: f"(?:{part})?"),
        st.tuples(parts, st.integers(0, 2), st.integers(0, 2)).map(
            lambda drawn: f"(?:{drawn[0]}){{{drawn[1]},{drawn[1] + drawn[2]}}}"
        ),
    )


@given(st.recursive(atoms, grown, max_leaves=6), st.integers(0, 4))
def test_the_numbers_are_those_that_the_pattern_matches(pattern: str, length: int) -> None:
    numbers = Numbers(pattern, length)

    assert [numbers[rank] for rank in range(len(numbers))] == all_that_match(pattern, length)


@given(st.recursive(atoms, grown, max_leaves=4), st.recursive(atoms, grown, max_leaves=4))
def test_what_another_pattern_matches_is_left_out(pattern: str, other: str) -> None:
    numbers = Numbers(pattern, 3, without=other)

    expected = [text for text in all_that_match(pattern, 3) if not re.fullmatch(other, text)]
    assert [numbers[rank] for rank in range(len(numbers))] == expected


@given(st.recursive(atoms, grown, max_leaves=4), st.from_regex(r"[0-9]{1,3}", fullmatch=True))
def test_only_those_are_in_it_that_begin_as_they_must(pattern: str, leading: str) -> None:
    numbers = Numbers(pattern, 3, leading=leading)

    expected = [text for text in all_that_match(pattern, 3) if text.startswith(leading)]
    assert [numbers[rank] for rank in range(len(numbers))] == expected


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_region_has_fixed_or_mobile_numbers_that_match_its_patterns(region: str) -> None:
    metadata = PhoneMetadata.metadata_for_region(region, None)
    assert metadata is not None
    counted = 0
    for description in (metadata.fixed_line, metadata.mobile):
        if description is None or not description.national_number_pattern or not description.example_number:
            continue
        numbers = Numbers(description.national_number_pattern, len(description.example_number))
        counted += len(numbers)
        for rank in (0, len(numbers) // 2, len(numbers) - 1):
            assert re.fullmatch(description.national_number_pattern, numbers[rank])
    assert counted


def test_the_n_th_number_is_the_n_th() -> None:
    assert Numbers(r"(?:[2-9]\d|1[05])\d{6}", 8)[3_000_000] == "21000000"


@pytest.mark.parametrize("rank", [-1, 8])
def test_a_rank_outside_is_an_error(rank: int) -> None:
    with pytest.raises(IndexError):
        Numbers("[2-9]", 1)[rank]


@pytest.mark.parametrize("pattern", ["(1", "1)", "a", "1*", "(?=1)", "[^1]", "1{2,}"])
def test_a_pattern_that_is_no_numbering_plans_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="no pattern of a numbering plan"):
        Numbers(pattern, 2)
