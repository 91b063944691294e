"""The smallest parts of a TOML text: quotes, brackets, words, comments.

Any text has tokens, right or wrong; what they mean is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r'''
      (?P<long> """(?:[^\\"]++|\\.|"(?!""))*+ (?P<long_end>"{3,5})?
              | \'\'\'(?:[^']++|'(?!''))*+ (?P<long_literal_end>'{3,5})?)
    | (?P<short> "(?:[^"\\\n]++|\\[^\n])*+ (?P<short_end>")?
               | '[^'\n]*+ (?P<short_literal_end>')?)
    | (?P<comment> \#[^\n]*+)
    | (?P<newline> \n)
    | (?P<space> [ \t\r]++)
    | (?P<mark> [\[\]{}=,.])
    | (?P<bare> [^\s\[\]{}=,."'#]++)
    | (?P<other> .)
    ''',
    re.VERBOSE | re.DOTALL,
)
_ENDS = ("long_end", "long_literal_end", "short_end", "short_literal_end")
BLANK = frozenset({"comment", "newline", "space"})


class Token(NamedTuple):
    """One part of a text; `closed` is False only for a quote without its end."""

    kind: str
    text: str
    offset: int
    closed: bool


def tokens(text: str) -> Iterator[Token]:
    """Return the parts of a text in order; together they are the text."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        quote = kind in ("long", "short")
        closed = not quote or any(match[end] for end in _ENDS)
        yield Token(kind, match[0], match.start(), closed)


def too_deep(text: str, limit: int) -> int | None:
    """Return the offset at which brackets or dotted keys pass a depth.

    Parsers fail on deep nesting in their own ways, so this is asked before
    any of them sees the text. What a quote or a comment holds doesn't count.
    """
    brackets = dots = 0
    for token in tokens(text):
        if token.kind == "mark":
            brackets = max(0, brackets + (token.text in "[{") - (token.text in "]}"))
            dots = dots + 1 if token.text == "." else 0
            if brackets > limit or dots > limit:
                return token.offset
        elif token.kind in ("newline", "comment"):
            dots = 0
    return None


def unclosed_quote(text: str) -> int | None:
    """Return the offset of the first quote that is opened and not closed."""
    return next((token.offset for token in tokens(text) if not token.closed), None)


def unclosed_bracket(text: str) -> int | None:
    """Return the offset of the last bracket that is opened and not closed."""
    opened: list[int] = []
    for token in tokens(text):
        if token.kind == "mark" and token.text in "[{":
            opened.append(token.offset)
        elif token.kind == "mark" and token.text in "]}" and opened:
            opened.pop()
    return opened[-1] if opened else None


_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([btnfr"\\]))')
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def unquoted(token: Token) -> str:
    """Return a key's text without its quotes and escapes."""
    if token.kind == "bare":
        return token.text
    if token.text[0] == "'":
        return token.text[1:-1]

    def resolve(match: re.Match[str]) -> str:
        if match[3]:
            return _ESCAPED[match[3]]
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else match[0]

    return _ESCAPE.sub(resolve, token.text[1:-1])
