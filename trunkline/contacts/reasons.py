"""Why a row can't be dialed: stable codes for the log, a sentence for people."""

from __future__ import annotations

from enum import Enum

import msgspec


class Reason(str, Enum):
    """Code of a rejection; `contact.rejected` and `trunkline check` show it."""

    MISSING_PHONE = "missing_phone"
    TOO_MANY_FIELDS = "too_many_fields"
    NOT_A_NUMBER = "not_a_number"
    LETTERS = "letters"
    EXTENSION = "extension"
    SCIENTIFIC_NOTATION = "scientific_notation"
    DECIMAL_FRACTION = "decimal_fraction"
    TEL_PARAMETERS = "tel_parameters"
    NO_DEFAULT_REGION = "no_default_region"
    INVALID_NUMBER = "invalid_number"
    SHORT_NUMBER = "short_number"
    EMERGENCY = "emergency"
    PREMIUM_RATE = "premium_rate"
    DUPLICATE_PHONE = "duplicate_phone"
    DUPLICATE_ID = "duplicate_id"
    BAD_TIMEZONE = "bad_timezone"
    NO_TIMEZONE = "no_timezone"
    NO_CALLING_TIME = "no_calling_time"


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """A phone number that isn't dialed, and why.

    `detail` never holds the number itself: logs may have to mask it.
    """

    reason: Reason
    detail: str
