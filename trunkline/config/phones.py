"""How phone numbers and regions are written in a configuration.

Contacts are read more leniently; a caller id is written once and kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from runtime.calls import E164
from trunkline.config.values import invalid, text
from trunkline.config.wording import quoted, shown

_PHONE_SIGNS = str.maketrans("", "", " ()-./\u00a0\u2007\u202f\u2010\u2011\u2012\u2013")
_PHONE = re.compile(r"\+[0-9]{1,20}")


def region(value: object) -> str:
    """Return a region as libphonenumber names it: "US", "GB", …."""
    code = text(value)
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    known = "GB" if code.upper() == "UK" else code.upper()
    if known in phonenumbers.SUPPORTED_REGIONS:
        raise invalid(f"no region {quoted(code)}; did you mean {quoted(known)}?")
    raise invalid(f'no region {quoted(code)}; write two capital letters, as in "US"')


def phone(value: object) -> E164:
    """Return a valid number in E.164 from one written internationally."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise invalid(f'must be text, not {shown(value)}; put it in quotes, as in "+14155550100"')
    written = text(value)
    normal, reason = read_phone(written)
    if normal is None:
        raise invalid(f"{quoted(written)} {reason}")
    return normal


@lru_cache(maxsize=65536)
def read_phone(written: str) -> tuple[E164 | None, str]:
    """Return a number in E.164, or None and what is wrong with it."""
    digits = written.translate(_PHONE_SIGNS)
    if not _PHONE.fullmatch(digits):
        if digits.isascii() and digits.isdigit():
            start = f"+{digits[2:]}" if digits.startswith("00") else "+14155550100"
            return None, f'must be written internationally, as in "{start}"'
        return None, 'is no phone number; write it as in "+14155550100"'
    try:
        parsed = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        return None, "is no valid phone number: no such country code, or too few or too many digits"
    if not phonenumbers.is_valid_number(parsed):
        reason = {
            phonenumbers.ValidationResult.TOO_SHORT: "too short",
            phonenumbers.ValidationResult.TOO_LONG: "too long",
            phonenumbers.ValidationResult.INVALID_LENGTH: "wrong length",
        }.get(phonenumbers.is_possible_number_with_reason(parsed), "no such range in its country")
        return None, f"is no valid phone number: {reason}"
    return E164(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)), ""
