"""Read a phone number as people write it, or say why it isn't one.

Nothing is guessed. "+49 30 123456 (home)" parses, leniently, as another valid
number, and a stranger would be dialed; here whatever is neither digit nor
punctuation of a phone number is a reason to refuse.
"""

from __future__ import annotations

import re
import unicodedata

from phonenumbers import PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.shortnumberinfo import is_emergency_number

from actors.pool.numbering import Reading, calling_code_of, read_international, read_national, regions_of
from trunkline.contacts.reasons import Reason, Refusal

Dialable = Reading
"""A valid number that may be dialed; `e164` is how."""

_NO_BREAK_AND_OTHER_SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
# What a spreadsheet or an address book makes of a typed hyphen, and the wide forms of East Asia.
_DASHES_AND_WIDE_FORMS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff08\uff09\uff0d\uff0e\uff0f"
# Copied numbers are often wrapped in these; none of them shows or changes the order of digits.
_INVISIBLE_MARKS = "\u200b\u200e\u200f\u2060\ufeff\u202a\u202c\u202d\u2066\u2068\u2069"

_PUNCTUATION = str.maketrans(
    "", "", " \t()-./" + _NO_BREAK_AND_OTHER_SPACES + _DASHES_AND_WIDE_FORMS + _INVISIBLE_MARKS
)
_ASCII_PUNCTUATION = re.compile(r"[ \t()\-./]+")
_PLUS_SIGNS = ("+", "\uff0b")
_TEL = "tel:"

_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_DECIMAL = re.compile(r"\+?\d{5,}\.0+")
_EXTENSION = re.compile(
    r"(?<=[\d)])[\s,;.-]*(?:;ext=|\b(?:ext(?:ension|n)?|ex)\b|ext|x|#)[\s.:]*\d+\s*", re.IGNORECASE
)
_LONGEST_SHORT_NUMBER = 12


def read_phone(text: str, default_region: str | None = None) -> Dialable | Refusal:
    """Read one phone number; refuse what is not plainly a dialable one.

    Spaces of all kinds, dashes, `()./` and invisible marks are stripped.
    What is left must be digits of any script, after a plus or "tel:" or
    nothing. Without a plus they are read as dialed in `default_region`
    (upper case, "US"); "00…" that is no number there, or without a region,
    is read as "+…". A "tel:" with parameters is refused whatever they are:
    each of them changes who is reached or how, and none is harmless.

    Valid means libphonenumber's `is_valid_number`. Premium-rate, emergency
    and short numbers are refused; shared-cost, toll-free and company-wide
    ones are not. A plus before what no calling code begins with is refused
    too, where libphonenumber would try the digits as a national number.
    """
    if text.startswith("+") and text.isascii() and text[1:].isdecimal():
        return _international(text[1:])
    written = text.strip()
    if not written:
        return Refusal(Reason.MISSING_PHONE, "the phone is empty")
    if ("e" in written or "E" in written) and _SCIENTIFIC.fullmatch(written):
        return Refusal(
            Reason.SCIENTIFIC_NOTATION,
            "a spreadsheet has cut the number's digits off; format the column as text and export it again",
        )
    if written.endswith("0") and _DECIMAL.fullmatch(written):
        return Refusal(
            Reason.DECIMAL_FRACTION,
            'a spreadsheet has added a decimal ".0"; format the column as text and export it again',
        )
    number = written[len(_TEL) :] if written[: len(_TEL)].lower() == _TEL else written
    compact = _ASCII_PUNCTUATION.sub("", number) if number.isascii() else number.translate(_PUNCTUATION)
    has_plus = compact.startswith(_PLUS_SIGNS)
    digits = compact[1:] if has_plus else compact
    if not digits.isdecimal():
        return _no_number(written, number)
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    return _international(digits) if has_plus else _national(digits, default_region)


def _international(digits: str) -> Dialable | Refusal:
    reading = read_international(digits)
    if reading is None or reading.kind == PhoneNumberType.UNKNOWN:
        code = calling_code_of(digits)
        if code is None:
            return Refusal(Reason.INVALID_NUMBER, "no country's calling code follows the plus")
        return _invalid(digits[len(code) :], regions_of(code), f"no valid number of +{code}")
    return _unless_premium(reading)


def _national(digits: str, default_region: str | None) -> Dialable | Refusal:
    if default_region is not None:
        reading = read_national(digits, default_region)
        if reading is not None and reading.kind != PhoneNumberType.UNKNOWN:
            return _unless_premium(reading)
    if digits.startswith("00"):
        return _international(digits[2:])
    if default_region is None:
        return Refusal(
            Reason.NO_DEFAULT_REGION,
            "written without a country code, and the campaign has no default_region",
        )
    return _invalid(digits, (default_region,), f"no valid number in {default_region}")


def _unless_premium(reading: Reading) -> Dialable | Refusal:
    if reading.kind == PhoneNumberType.PREMIUM_RATE:
        return Refusal(Reason.PREMIUM_RATE, f"a premium-rate number of +{reading.calling_code}")
    return reading


def _invalid(national: str, regions: tuple[str, ...], otherwise: str) -> Refusal:
    """Refuse what is not valid, by its more telling name where it has one."""
    if len(national) <= _LONGEST_SHORT_NUMBER:
        for region in regions:
            metadata = PhoneMetadata.short_metadata_for_region(region, None)
            if metadata is None:
                continue
            if is_emergency_number(national, region):
                return Refusal(Reason.EMERGENCY, f"an emergency number in {region}")
            description = metadata.short_code
            if (
                description is not None
                and len(national) in description.possible_length
                and re.fullmatch(description.national_number_pattern or "(?!)", national)
            ):
                return Refusal(Reason.SHORT_NUMBER, f"a short number of services in {region}")
    return Refusal(Reason.INVALID_NUMBER, otherwise)


def _no_number(written: str, number: str) -> Refusal:
    """Say what in the text keeps it from being a number."""
    extension = _EXTENSION.search(written)
    if extension is not None and extension.end() == len(written):
        return Refusal(Reason.EXTENSION, "an extension can't be dialed; give the direct number")
    if number is not written and ";" in number:
        return Refusal(Reason.TEL_PARAMETERS, 'a "tel:" with parameters; write the number alone')
    if any(character.isalpha() for character in number):
        return Refusal(Reason.LETTERS, "letters are no part of a number; nothing is guessed from them")
    if sum(written.count(sign) for sign in _PLUS_SIGNS) > 1 or any(
        sign in written[1:] for sign in _PLUS_SIGNS
    ):
        return Refusal(Reason.NOT_A_NUMBER, "a plus stands only at the start of a number; one number a row")
    return Refusal(
        Reason.NOT_A_NUMBER, "something in it is neither a digit nor a sign that numbers are written with"
    )
