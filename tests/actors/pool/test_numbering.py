"""What digits mean is what libphonenumber says: exactly, in every region."""

from __future__ import annotations

import random
from collections import Counter

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumberFormat,
    PhoneNumberType,
    re_util,
)

from actors.pool.numbering import (
    Reading,
    calling_code_of,
    plan_of,
    read_international,
    read_national,
    regions_of,
)

Answer = tuple[str, str | None, int]

KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)


@pytest.fixture(autouse=True, scope="module")
def compiled_patterns() -> None:
    """Let phonenumbers keep its compiled patterns, where it forgets them by default."""
    if hasattr(re_util, "enable_pattern_cache"):
        re_util.enable_pattern_cache()


def libphonenumber(text: str, region: str | None) -> Answer | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    answer = (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.region_code_for_number(number),
        phonenumbers.number_type(number),
    )
    assert (answer[2] != PhoneNumberType.UNKNOWN) == phonenumbers.is_valid_number(number)
    return answer


def ours(reading: Reading | None) -> Answer | None:
    return None if reading is None else (reading.e164, reading.region, reading.kind)


def examples() -> list[tuple[str, str, str]]:
    """Give calling code, region and national number of every example there is."""
    found = []
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            assert metadata is not None
            for kind in KINDS:
                description = getattr(metadata, kind)
                if description is not None and description.example_number:
                    found.append((str(code), region, description.example_number))
    return found


EXAMPLES = examples()
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def altered(national: str, rnd: random.Random) -> str:
    """Change, drop and add digits: some results are valid numbers, most are not."""
    digits = list(national)
    for _ in range(rnd.choice((0, 1, 1, 2, 3, 7))):
        digits[rnd.randrange(len(digits))] = rnd.choice("0123456789")
    match rnd.randrange(20):
        case 0 | 1:
            digits.pop()
        case 2 | 3:
            digits.append(rnd.choice("0123456789"))
        case 4:
            digits = digits[rnd.randrange(1, 6) :]
        case _:
            pass
    return "".join(digits)


def test_international_numbers_of_every_region_and_kind_read_as_libphonenumber_reads_them() -> None:
    rnd, validity = random.Random(20260105), Counter[bool]()
    for code, _, example in EXAMPLES:
        for digits in (
            code + example,
            *(code + altered(example, rnd) for _ in range(4)),
            f"{code}0{example}",
        ):
            answer = libphonenumber("+" + digits, None)
            assert ours(read_international(digits)) == answer, digits
            validity[answer is not None and answer[2] != PhoneNumberType.UNKNOWN] += 1
    assert min(validity.values()) > 1_000


def test_national_numbers_read_in_their_region_as_libphonenumber_reads_them() -> None:
    rnd, validity = random.Random(1), Counter[bool]()
    for code, region, example in EXAMPLES:
        if region == "001":
            continue
        metadata = PhoneMetadata.metadata_for_region(region)
        assert metadata is not None
        trunk = metadata.national_prefix or ""
        for prefix in ("", trunk, rnd.choice(("0", "00", "00" + code, code, "011", "1", code + trunk))):
            digits = prefix + altered(example, rnd)
            answer = libphonenumber(digits, region)
            assert ours(read_national(digits, region)) == answer, (digits, region)
            validity[answer is not None and answer[2] != PhoneNumberType.UNKNOWN] += 1
    assert min(validity.values()) > 500


@settings(max_examples=400, deadline=None)
@given(st.from_regex(r"[0-9]{1,18}", fullmatch=True), st.sampled_from(REGIONS))
def test_any_digits_read_in_any_region_as_libphonenumber_reads_them(digits: str, region: str) -> None:
    assert ours(read_national(digits, region)) == libphonenumber(digits, region)


@settings(max_examples=400, deadline=None)
@given(st.from_regex(r"[1-9][0-9]{0,17}", fullmatch=True))
def test_any_digits_after_a_plus_read_as_libphonenumber_reads_them(digits: str) -> None:
    assert ours(read_international(digits)) == libphonenumber("+" + digits, None)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False))
def test_what_was_read_reads_as_itself(example: tuple[str, str, str], rnd: random.Random) -> None:
    reading = read_international(example[0] + altered(example[2], rnd))
    if reading is not None and reading.valid:
        assert read_international(reading.e164[1:]) == reading


def test_an_italian_zero_is_part_of_the_number() -> None:
    reading = read_international("390212345678")
    assert reading is not None
    assert (reading.e164, reading.region, reading.valid) == ("+390212345678", "IT", True)
    without = read_international("39212345678")
    assert without is not None
    assert not without.valid


def test_a_trunk_zero_between_calling_code_and_number_is_taken_off() -> None:
    reading = read_international("4402071838750")
    assert reading is not None
    assert reading.e164 == "+442071838750"


@pytest.mark.parametrize(
    ("digits", "region"),
    [
        ("14155552671", "US"),
        ("16045551234", "CA"),
        ("447911123456", "GG"),
        ("442071838750", "GB"),
        ("80012345678", "001"),
        ("390669812345", "VA"),
        ("77012345678", "KZ"),
        ("79123456789", "RU"),
    ],
)
def test_countries_that_share_a_calling_code_differ(digits: str, region: str) -> None:
    reading = read_international(digits)
    assert reading is not None
    assert reading.region == region
    assert reading.valid


@pytest.mark.parametrize("digits", ["", "1", "0", "04155552671", "999123456789", "21012345678"])
def test_what_no_calling_code_begins_is_no_reading(digits: str) -> None:
    assert read_international(digits) is None


def test_a_region_that_there_is_not_has_no_plan() -> None:
    assert plan_of("XX") is None
    assert read_national("4155552671", "XX") is None


def test_a_calling_code_names_its_regions_the_main_one_first() -> None:
    assert calling_code_of("442071838750") == "44"
    assert regions_of("44") == ("GB", "GG", "IM", "JE")
    assert regions_of("999") == ()
