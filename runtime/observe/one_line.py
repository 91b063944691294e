r"""Write any value as JSON that is one line for every reader.

JSON escapes the C0 controls by itself. Readers also break, reorder or drop
text at DEL, the C1 controls (U+0085 is a newline, U+009B starts a terminal's
escape sequence), U+2028 and U+2029, bidi controls, invisible operators, byte
order marks and noncharacters; lone surrogates are no text at all. All of
these are written as \uXXXX, so that json.loads gives them back.

What JSON can't hold is written by these rules:

- NaN and the infinities are null;
- an integer beyond 64 bits is written out, one of more than 640 digits as a
  string in hexadecimal (640 is the least that Python's reader can be limited to);
- a high surrogate directly before a low one is read back as their character;
- a tuple is a list, a set a sorted list, an enum its value, a Struct or
  dataclass an object, a date its ISO form; keys that are no strings become strings;
- of anything else only the type's name is written, in angle brackets: a repr
  may hold an address and differ from run to run.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
import re
from collections.abc import Mapping, Set
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

import msgspec
import orjson

UNSAFE = re.compile(
    "[\x7f-\x9f"  # DEL and the C1 controls
    "\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f"  # bidi controls, invisible operators
    "\u2028\u2029"  # line and paragraph separator
    "\ud800-\udfff"  # lone surrogates
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"  # byte order mark, annotations, noncharacters
)
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
LONGEST_INTEGER: int = 10**640
DEEPEST = 250
DEL = 0x7F


def encode_line(value: Any) -> bytes:
    """Return the value as compact JSON in UTF-8, without a newline."""
    try:
        encoded = orjson.dumps(value, plain, OPTIONS)
    except TypeError:
        return escape(json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))).encode()
    if encoded.isascii() and DEL not in encoded:
        return encoded
    text = encoded.decode()
    escaped = escape(text)
    return encoded if escaped is text else escaped.encode()


def escape(text: str) -> str:
    r"""Replace what a reader could take for a line's end, or can't show, by \uXXXX."""
    return UNSAFE.sub(_escaped, text)


def plain(value: Any, depth: int = 0) -> Any:
    """Turn a value into what JSON can hold, by the rules of this module."""
    if depth > DEEPEST:
        return "<too deep>"
    match value:
        case None | bool():
            return value
        case Enum():
            return plain(value.value, depth)
        case str():
            return str.__str__(value)
        case int():
            return int(value) if -LONGEST_INTEGER < value < LONGEST_INTEGER else hex(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            return {_key(key): plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [plain(item, depth + 1) for item in value]
        case Set():
            items = [plain(item, depth + 1) for item in value]
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
        case msgspec.Struct():
            return {name: plain(getattr(value, name), depth + 1) for name in value.__struct_fields__}
        case datetime.date() | datetime.time():
            return value.isoformat()
        case PurePath() | Decimal() | UUID():
            return str(value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {
                field.name: plain(getattr(value, field.name), depth + 1)
                for field in dataclasses.fields(value)
            }
        case _:
            return f"<{type(value).__name__}>"


def _key(key: Any) -> str:
    match plain(key):
        case str() as text:
            return text
        case other:
            return json.dumps(other)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
