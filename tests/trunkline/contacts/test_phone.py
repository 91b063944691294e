"""Numbers as people write them are read; what isn't plainly one is refused."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from trunkline.contacts import Dialable, Reason, Refusal, read_phone


def e164(text: str, region: str | None = None) -> str:
    answer = read_phone(text, region)
    assert isinstance(answer, Dialable), answer
    return answer.e164


def refusal(text: str, region: str | None = None) -> Reason:
    answer = read_phone(text, region)
    assert isinstance(answer, Refusal), answer
    assert answer.detail
    return answer.reason


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+14155552671", None, "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("415.555.2671", "US", "+14155552671"),
        ("1-415-555-2671", "US", "+14155552671"),
        ("011 44 20 7183 8750", "US", "+442071838750"),
        ("+44 20 7183 8750", None, "+442071838750"),
        ("+44 (0)20 7183 8750", None, "+442071838750"),
        ("(+44) 20 7183 8750", None, "+442071838750"),
        ("020 7183 8750", "GB", "+442071838750"),
        ("442071838750", "GB", "+442071838750"),
        ("030/1234567", "DE", "+49301234567"),
        ("+49 30 / 123 45 67", None, "+49301234567"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+39 02 1234 5678", None, "+390212345678"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("+800 1234 5678", None, "+80012345678"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("  +14155552671\r\n", None, "+14155552671"),
    ],
)
def test_the_ways_people_write_a_number(text: str, region: str | None, expected: str) -> None:
    assert e164(text, region) == expected


@pytest.mark.parametrize(
    "text",
    ["tel:+1-201-555-0123", "TEL:+12015550123", "tel: +1 201 555 0123", "Tel:+1.201.555.0123"],
)
def test_a_tel_uri_is_a_number(text: str) -> None:
    assert e164(text) == "+12015550123"


def test_a_local_tel_uri_is_read_in_the_default_region() -> None:
    assert e164("tel:201-555-0123", "US") == "+12015550123"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2007", "\u2009", "\u3000", "\t", " "])
def test_spaces_of_all_kinds_are_stripped(space: str) -> None:
    assert e164(space.join(["+44", "20", "7183", "8750"])) == "+442071838750"


@pytest.mark.parametrize("dash", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"])
def test_dashes_that_a_word_processor_makes_are_stripped(dash: str) -> None:
    assert e164(f"+44{dash}20{dash}7183{dash}8750") == "+442071838750"


@pytest.mark.parametrize(
    "text", ["\u202a+44 20 7183 8750\u202c", "\u200e+442071838750", "\ufeff+442071838750"]
)
def test_invisible_marks_of_copied_numbers_are_stripped(text: str) -> None:
    assert e164(text) == "+442071838750"


def test_a_mark_that_turns_the_order_of_digits_around_is_refused() -> None:
    assert refusal("+44\u202e20 7183 8750") is Reason.NOT_A_NUMBER


@pytest.mark.parametrize(
    "text", ["+٤٤٢٠٧١٨٣٨٧٥٠", "＋４４２０７１８３８７５０", "+४४२०७१८३८७५०", "+44 20 ７１８３ 8750"]
)
def test_digits_of_any_script_are_digits(text: str) -> None:
    assert e164(text) == "+442071838750"


@pytest.mark.parametrize("region", [None, "US", "GB", "DE", "JP", "BR"])
def test_a_double_zero_stands_for_a_plus(region: str | None) -> None:
    assert e164("0044 20 7183 8750", region) == "+442071838750"


def test_a_double_zero_that_is_valid_in_its_region_stays_there() -> None:
    # Japan's toll-free numbers of this kind begin with zeros.
    assert e164("0077 7012", "JP") == "+8100777012"


def test_the_international_prefix_of_the_region_is_understood() -> None:
    assert e164("0011 44 20 7183 8750", "AU") == "+442071838750"
    assert e164("010 44 20 7183 8750", "JP") == "+442071838750"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.MISSING_PHONE),
        (" \u00a0\t", Reason.MISSING_PHONE),
        ("+49 30 123456 (home)", Reason.LETTERS),
        ("home: +49 30 123456", Reason.LETTERS),
        ("1-800-FLOWERS", Reason.LETTERS),
        ("n/a", Reason.LETTERS),
        ("callto:+493012345678", Reason.LETTERS),
        ("+44 20 7183 8750 x12", Reason.EXTENSION),
        ("+44 20 7183 8750x12", Reason.EXTENSION),
        ("+44 20 7183 8750 ext. 12", Reason.EXTENSION),
        ("+44 20 7183 8750 Extension 12", Reason.EXTENSION),
        ("+44 20 7183 8750 #12", Reason.EXTENSION),
        ("tel:+442071838750;ext=12", Reason.EXTENSION),
        ("tel:+442071838750;isub=1", Reason.TEL_PARAMETERS),
        ("tel:7042;phone-context=example.com", Reason.TEL_PARAMETERS),
        ("tel:863-1234;phone-context=+1-914-555", Reason.TEL_PARAMETERS),
        ("tel:", Reason.NOT_A_NUMBER),
        ("4.15555E+11", Reason.SCIENTIFIC_NOTATION),
        ("4,15555E+11", Reason.SCIENTIFIC_NOTATION),
        ("4E11", Reason.SCIENTIFIC_NOTATION),
        ("4.42071838750e11", Reason.SCIENTIFIC_NOTATION),
        ("442071838750.0", Reason.DECIMAL_FRACTION),
        ("+442071838750.00", Reason.DECIMAL_FRACTION),
        ("+", Reason.NOT_A_NUMBER),
        ("-", Reason.NOT_A_NUMBER),
        ("++442071838750", Reason.NOT_A_NUMBER),
        ("+442071838750 +442071838751", Reason.NOT_A_NUMBER),
        ("44+2071838750", Reason.NOT_A_NUMBER),
        ("+442071838750, +442071838751", Reason.NOT_A_NUMBER),
        ("+4420718387\n50", Reason.NOT_A_NUMBER),
        ("'442071838750", Reason.NOT_A_NUMBER),
        ("*31#", Reason.NOT_A_NUMBER),
        ("+44²071838750", Reason.NOT_A_NUMBER),
        ("\ud800", Reason.NOT_A_NUMBER),
        ("415 555 2671", Reason.NO_DEFAULT_REGION),
        ("911", Reason.NO_DEFAULT_REGION),
        ("+1 415 555 267", Reason.INVALID_NUMBER),
        ("+1 415 555 26711", Reason.INVALID_NUMBER),
        ("+39 2 1234 5678", Reason.INVALID_NUMBER),
        ("+0 415 555 2671", Reason.INVALID_NUMBER),
        ("+999 123 456 789", Reason.INVALID_NUMBER),
        ("+44", Reason.INVALID_NUMBER),
        ("0044 20 7183", Reason.INVALID_NUMBER),
        ("+" + "4" * 300, Reason.INVALID_NUMBER),
        ("+1 900 234 5678", Reason.PREMIUM_RATE),
        ("+49 900 1234567", Reason.PREMIUM_RATE),
        ("+1 911", Reason.EMERGENCY),
        ("+49112", Reason.EMERGENCY),
        ("+44 118118", Reason.SHORT_NUMBER),
    ],
)
def test_what_is_not_plainly_a_number_is_refused_with_its_reason(text: str, reason: Reason) -> None:
    assert refusal(text) is reason


@pytest.mark.parametrize(
    ("text", "region", "reason"),
    [
        ("911", "US", Reason.EMERGENCY),
        ("112", "DE", Reason.EMERGENCY),
        ("999", "GB", Reason.EMERGENCY),
        ("1-1-2", "FR", Reason.EMERGENCY),
        ("118118", "GB", Reason.SHORT_NUMBER),
        ("555-2671", "US", Reason.INVALID_NUMBER),
        ("12345", "US", Reason.INVALID_NUMBER),
        ("(900) 234-5678", "US", Reason.PREMIUM_RATE),
        ("442071838750", "US", Reason.INVALID_NUMBER),
        ("+0 415 555 2671", "US", Reason.INVALID_NUMBER),
    ],
)
def test_what_is_refused_in_its_region(text: str, region: str, reason: Reason) -> None:
    assert refusal(text, region) is reason


@pytest.mark.parametrize("text", ["+1 800 234 5678", "+49 180 1 234567", "+61 13 14 50"])
def test_toll_free_shared_cost_and_company_numbers_are_dialed(text: str) -> None:
    assert isinstance(read_phone(text), Dialable)


def test_a_spreadsheets_decimal_is_not_read_as_one_more_digit() -> None:
    # Without its dot this would be another valid number in Berlin.
    assert isinstance(read_phone("030123456.0".replace(".", ""), "DE"), Dialable)
    assert refusal("030123456.0", "DE") is Reason.DECIMAL_FRACTION


def test_the_detail_never_holds_the_number() -> None:
    for text in (
        "+14155552671x9",
        "+1 900 234 5678",
        "911",
        "+1 415 555 267",
        "4.15555E+11",
        "+999123456789",
    ):
        answer = read_phone(text, "US")
        assert isinstance(answer, Refusal)
        assert text not in answer.detail
        assert "555" not in answer.detail


REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@pytest.mark.parametrize(
    "form", [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966]
)
def test_every_countrys_international_writing_is_read(form: int) -> None:
    for region in REGIONS:
        example = phonenumbers.example_number(region)
        assert example is not None
        expected = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        assert e164(phonenumbers.format_number(example, form)) == expected


def test_every_countrys_national_writing_is_read_in_it() -> None:
    for region in REGIONS:
        example = phonenumbers.example_number(region)
        assert example is not None
        expected = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        assert e164(phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL), region) == expected


@given(st.text(max_size=40), st.sampled_from([None, "US", "DE", "IT"]))
def test_any_text_is_a_number_or_refused(text: str, region: str | None) -> None:
    answer = read_phone(text, region)
    if isinstance(answer, Dialable):
        assert phonenumbers.is_valid_number(phonenumbers.parse(answer.e164))
    else:
        assert isinstance(answer, Refusal)


@given(st.from_regex(r"\+[1-9][0-9 ().-]{5,16}", fullmatch=True))
def test_a_valid_number_is_the_one_that_libphonenumber_reads(text: str) -> None:
    answer = read_phone(text)
    if isinstance(answer, Dialable):
        parsed = phonenumbers.parse(text.replace("(", "").replace(")", ""))
        assert answer.e164 == phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


@given(st.sampled_from(REGIONS), st.text(alphabet="abcdefghijklmnopqrstuvwxyzäß", min_size=1, max_size=12))
def test_a_number_with_a_word_after_it_is_never_dialed(region: str, word: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    text = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
    assert isinstance(read_phone(f"{text} {word}"), Refusal)
    assert isinstance(read_phone(f"{text}{word}7"), Refusal)
