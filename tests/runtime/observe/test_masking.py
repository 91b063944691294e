from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.observe.masking import mask_phone, party_hash

EXAMPLES = [
    phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (example := phonenumbers.example_number(region)) is not None
]


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+14155550100", "+1********00"),
        ("+442071838750", "+44********50"),
        ("+4930123456", "+49******56"),
        ("+35312345678", "+353******78"),
        ("+88351234567", "+883******67"),
        ("+2901", "+290*"),
        ("+29012", "+290**"),
        ("+290123", "+290*23"),
        ("+9991234567", "+********67"),
        ("+", "+"),
    ],
)
def test_country_code_and_last_two_digits_are_left(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.parametrize("number", EXAMPLES)
def test_the_country_code_is_libphonenumbers(number: str) -> None:
    parsed = phonenumbers.parse(number)

    masked = mask_phone(number)

    assert masked.startswith(f"+{parsed.country_code}*")
    assert len(masked) == len(number)
    assert masked.endswith(f"*{number[-2:]}")


@given(st.from_regex(r"\+[0-9]{0,15}", fullmatch=True))
def test_at_most_the_code_and_two_digits_are_ever_shown(number: str) -> None:
    masked = mask_phone(number)

    assert len(masked) == len(number)
    assert sum(character.isdecimal() for character in masked) <= 5


def test_a_party_is_known_again_under_one_key_only() -> None:
    first = party_hash("+14155550100", b"seed 7")

    assert first == party_hash("+14155550100", b"seed 7")
    assert first != party_hash("+14155550100", b"seed 8")
    assert first != party_hash("+14155550101", b"seed 7")
    assert len(first) == 16
    assert int(first, 16) >= 0


@pytest.mark.parametrize("key", [b"", b"x" * 65])
def test_a_key_that_hides_nothing_or_is_too_long_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        party_hash("+14155550100", key)
