"""Turn bytes into the tables of TOML, with an error that points at its place."""

from __future__ import annotations

import datetime
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from runtime.errors import ConfigError
from trunkline.config.places import Place, place_of
from trunkline.config.problems import Problem, Source
from trunkline.config.tokens import too_deep, unclosed_bracket, unclosed_quote
from trunkline.config.wording import Foreign, Path, dotted, escaped

DEEPEST = 16
"""How deep tables and lists may be nested."""

LARGEST = 4 * 2**20
"""How many bytes a configuration may have: some forty thousand numbers."""

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_MANY_DIGITS = re.compile(r"[0-9A-Fa-f_]{1000}")


def read_bytes(path: str | os.PathLike[str]) -> tuple[str, bytes]:
    """Return a file's name for messages and its bytes; "-" is standard input."""
    name = os.fspath(path)
    try:
        if name == "-":
            name = "<stdin>"
            if sys.stdin is None:
                raise OSError("it is closed")
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ConfigError([Problem("no such file", file=name)]) from None
    except IsADirectoryError:
        raise ConfigError([Problem("this is a folder, not a file", file=name)]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError([Problem(f"can't be read: {escaped(reason)}", file=name)]) from None
    if len(data) > LARGEST:
        raise ConfigError([Problem(f"is larger than {LARGEST // 2**20} MiB", file=name)])
    return name, data


def decode(file: str, data: bytes) -> Source:
    """Return the text of UTF-8 bytes, with line ends as TOML counts them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig").replace("\r\n", "\n")
        place = place_of(good, len(good))
        message = f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8; save the file as UTF-8"
        raise ConfigError([Problem(message, "", file, place.line, place.column)]) from None
    source = Source(file, text.replace("\r\n", "\n"))
    if (offset := source.text.find("\0")) >= 0:
        raise _refusal(source, offset, "a NUL byte; a configuration is text")
    return source


def parse(source: Source) -> dict[str, Any]:
    """Return the tables of a TOML text."""
    offset = too_deep(source.text, DEEPEST)
    if offset is not None:
        raise _refusal(source, offset, f"nested deeper than {DEEPEST}; no option is")
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(source, str(error)) from None
    except (ValueError, RecursionError, OverflowError) as error:
        if (digits := _MANY_DIGITS.search(source.text)) is not None:
            raise _refusal(source, digits.start(), "not TOML: a number of thousands of digits") from None
        raise ConfigError([Problem(f"not TOML: {escaped(str(error))}", file=source.file)]) from None


def _refusal(source: Source, offset: int, message: str) -> ConfigError:
    return ConfigError([source.problem_at(place_of(source.text, offset), message)])


def _syntax_error(source: Source, said: str) -> ConfigError:
    """Return tomllib's error at its place, in words that name the mend."""
    text = source.text
    match = _POSITION.search(said)
    at_end = match is None or match[1] is None
    place = (
        place_of(text, len(text.rstrip())) if match is None or at_end else Place(int(match[1]), int(match[2]))
    )
    reason = said[: match.start()] if match else said
    if reason.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")):
        repeated = source.places.repeated
        if repeated is not None:
            first = place_of(text, repeated.first).line
            message = f"stands twice; first in line {first}"
            place = place_of(text, repeated.second)
            return ConfigError([source.problem_at(place, message, repeated.path)])
    if reason.startswith(("Unterminated string", "Illegal character '\\n'", "Expected \"'")):
        offset = unclosed_quote(text)
        if offset is not None:
            return _refusal(source, offset, "a quote is opened here and not closed")
    if at_end and reason.startswith(("Unclosed", "Invalid value", "Invalid initial")):
        offset = unclosed_bracket(text)
        if offset is not None:
            return _refusal(source, offset, f'"{text[offset]}" is opened here and not closed')
    return ConfigError([source.problem_at(place, f"not TOML: {_advice(source, place, reason)}")])


def _advice(source: Source, place: Place, reason: str) -> str:
    lines = source.text.split("\n", place.line)
    rest = lines[place.line - 1][place.column - 1 :] if place.line <= len(lines) else ""
    word = re.match(r"[^\W\d]\w*", rest)
    if reason == "Invalid value" and word is not None:
        if word[0].lower() in ("true", "false"):
            return f"write {word[0].lower()} in small letters"
        return f'no value; text stands in quotes: "{word[0]}"'
    if reason == "Invalid value" and not rest.strip():
        return "a value is missing"
    if reason.startswith("Unescaped '\\'"):
        return 'a backslash begins an escape; write "\\\\", or the text in single quotes'
    return escaped(reason[:1].lower() + reason[1:])


def normal(data: object) -> dict[str, Any]:
    """Return an application's tables as TOML would have given them.

    Mappings become dicts, tuples lists, paths text, durations seconds; a
    None is as good as left out. What TOML can't hold becomes a `Foreign`,
    which every option refuses by name.
    """
    if not isinstance(data, Mapping):
        raise ConfigError([Problem(f"must be a mapping of tables, not a Python {type(data).__name__}")])
    return _normal_table(data, (), ())


def _normal_table(table: Mapping[Any, Any], path: Path, around: tuple[int, ...]) -> dict[str, Any]:
    inside = _inside(table, path, around)
    for key in table:
        if not isinstance(key, str) or any("\ud800" <= c <= "\udfff" for c in key):
            raise ConfigError([Problem("holds a key that is no text", dotted(path))])
    return {key: _normal(value, (*path, key), inside) for key, value in table.items() if value is not None}


def _normal(value: object, path: Path, around: tuple[int, ...]) -> object:
    match value:
        case str() | bool() | int() | float() | datetime.datetime() | datetime.date() | datetime.time():
            return value
        case datetime.timedelta():
            return value.total_seconds()
        case PurePath():
            return str(value)
        case Mapping():
            return _normal_table(value, path, around)
        case list() | tuple():
            inside = _inside(value, path, around)
            return [_normal(item, (*path, index), inside) for index, item in enumerate(value)]
    return Foreign(type(value).__name__)


def _inside(value: object, path: Path, around: tuple[int, ...]) -> tuple[int, ...]:
    """Return the ids of what is being walked through; refuse a circle and great depth."""
    if id(value) in around or len(around) > DEEPEST:
        raise ConfigError([Problem(f"nested deeper than {DEEPEST}; no option is", dotted(path[:4]) + "…")])
    return (*around, id(value))
