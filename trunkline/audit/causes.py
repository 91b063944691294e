"""Whether a carrier's words say that nobody has the number that was called."""

from __future__ import annotations

import re
from functools import lru_cache

NOBODY = frozenset({"404", "410", "604", "1", "22", "unallocated", "unallocated number", "not found"})
"""SIP codes (RFC 3261), causes of Q.850, words."""

OTHER_CODES = frozenset(
    (607, 608, 603, 486, 600, 480, 503, 500, 502, 504, 17, 18, 19, 20, 21, 34, 38, 41, 42)
)
OTHER_WORDS = frozenset(("blocked", "unwanted", "declined", "busy", "unreachable", "congestion"))
FAULT_WORDS = frozenset(("carrier", "spam", "outage"))
OTHERS = frozenset(map(str, OTHER_CODES)) | OTHER_WORDS | FAULT_WORDS
"""What decides otherwise where it is said first."""

_CODE = re.compile(r"(?<![\w.])[1-9]\d{0,2}(?![\w.+])")
_WORD = re.compile("|".join(sorted((re.escape(word) for word in NOBODY | OTHERS), key=len, reverse=True)))


@lru_cache(maxsize=1024)
def is_unallocated(cause: str | None) -> bool:
    """Tell whether nobody has the number: the first code that is known decides, else the first word."""
    if cause is None:
        return False
    text = cause.lower().replace("q.850", "")
    if "603" in text and ("603+" in text or "network blocked" in text):
        return False
    for code in _CODE.findall(text):
        if code in NOBODY or code in OTHERS:
            return code in NOBODY
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    return bool(words) and words[0] in NOBODY
