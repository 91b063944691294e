"""Keep a contact's phone number out of the log, yet tell calls apart."""

from __future__ import annotations

from hashlib import blake2b

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE


def mask_phone(e164: str) -> str:
    """Mask all digits but the country code and the last two.

    "+14155550100" becomes "+1********00". Of a number without a known
    country code only the last two digits are left; of a national part of two
    digits or fewer none.
    """
    digits = e164.removeprefix("+")
    code = _country_code(digits)
    national = digits[len(code) :]
    shown = national[-2:] if len(national) > 2 else ""
    return f"+{code}{'*' * (len(national) - len(shown))}{shown}"


def party_hash(e164: str, key: bytes) -> str:
    """Return 16 hex digits that are the same for one number under one key.

    BLAKE2b with a key (RFC 7693) of 1 to 64 bytes: without the key the
    numbers can't be tried out. ValueError for an empty or longer key.
    """
    if not key:
        raise ValueError("a party hash without a key can be undone by trying all numbers")
    return blake2b(e164.encode(), key=key, digest_size=8).hexdigest()


def _country_code(digits: str) -> str:
    """Find the country code; no code is the beginning of another (ITU-T E.164)."""
    for length in (1, 2, 3):
        code = digits[:length]
        if code.isdecimal() and int(code) in COUNTRY_CODE_TO_REGION_CODE and not code.startswith("0"):
            return code
    return ""
