"""What a carrier's cause text says, by class.

Carriers write SIP status codes (RFC 3261, RFC 8197, RFC 8688), Q.850 causes
or words; the first code or word that is known decides.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache


class CauseClass(str, Enum):
    """Why a call was not answered, as far as its carrier says."""

    BLOCKED_NETWORK = "blocked_network"
    """603+ or 608: an analytics engine on the way took it for unwanted."""

    UNWANTED = "unwanted"
    """607: the callee, or an app of theirs, says that it is unwanted."""

    DECLINED = "declined"
    """603, cause 21: a person declined."""

    UNALLOCATED = "unallocated"
    """404, 410, 604, cause 1, 22: nobody has this number."""

    BUSY = "busy"
    """486, 600, cause 17."""

    UNREACHABLE = "unreachable"
    """480, cause 18 to 20: switched off, out of reach."""

    CONGESTION = "congestion"
    """503, cause 34, 38, 41, 42: no circuit, or the carrier is overloaded."""

    CARRIER = "carrier"
    """Another fault of the carrier's: an outage, 5xx."""

    OTHER = "other"
    """Nothing of these."""


_SIP: dict[str, CauseClass] = {
    "603+": CauseClass.BLOCKED_NETWORK,
    "608": CauseClass.BLOCKED_NETWORK,
    "607": CauseClass.UNWANTED,
    "603": CauseClass.DECLINED,
    "404": CauseClass.UNALLOCATED,
    "410": CauseClass.UNALLOCATED,
    "604": CauseClass.UNALLOCATED,
    "486": CauseClass.BUSY,
    "600": CauseClass.BUSY,
    "480": CauseClass.UNREACHABLE,
    "503": CauseClass.CONGESTION,
    "500": CauseClass.CARRIER,
    "502": CauseClass.CARRIER,
    "504": CauseClass.CARRIER,
}
_Q850: dict[str, CauseClass] = {
    "1": CauseClass.UNALLOCATED,
    "17": CauseClass.BUSY,
    "18": CauseClass.UNREACHABLE,
    "19": CauseClass.UNREACHABLE,
    "20": CauseClass.UNREACHABLE,
    "21": CauseClass.DECLINED,
    "22": CauseClass.UNALLOCATED,
    "34": CauseClass.CONGESTION,
    "38": CauseClass.CONGESTION,
    "41": CauseClass.CONGESTION,
    "42": CauseClass.CONGESTION,
}
_WORDS: dict[str, CauseClass] = {
    **{one.value: one for one in CauseClass if one is not CauseClass.OTHER},
    "blocked": CauseClass.BLOCKED_NETWORK,
    "network blocked": CauseClass.BLOCKED_NETWORK,
    "spam": CauseClass.BLOCKED_NETWORK,
    "declined": CauseClass.DECLINED,
    "unallocated number": CauseClass.UNALLOCATED,
    "unallocated": CauseClass.UNALLOCATED,
    "not found": CauseClass.UNALLOCATED,
    "outage": CauseClass.CARRIER,
    "carrier_fault": CauseClass.CARRIER,
    "carrier_error": CauseClass.CARRIER,
}
_CODE = re.compile(r"(?<![\w.])([1-9]\d{0,2}\+?)(?![\w.])")
_WORD = re.compile("|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)))


@lru_cache(maxsize=4096)
def classify_cause(cause: str | None) -> CauseClass | None:
    """Give the class of a carrier's cause; None without a cause.

    "607", "SIP 607 Unwanted", "Q.850 cause 1" and "blocked_network" are
    understood. A number below 128 is a Q.850 cause, others are SIP codes.
    """
    if cause is None:
        return None
    text = cause.strip().lower().replace("q.850", "")
    if "603" in text and ("603+" in text or "network blocked" in text):
        return CauseClass.BLOCKED_NETWORK
    for code in _CODE.findall(text):
        found = _SIP.get(code) or _Q850.get(code)
        if found is not None:
            return found
    word = _WORD.search(text)
    return CauseClass.OTHER if word is None else _WORDS[word.group()]
