"""Describe every event from its definition, as rows and as JSON Schema."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from runtime.observe.events import (
    Event,
    advice,
    calls,
    campaign,
    capacity,
    contacts,
    dispatch,
    engine,
    numbers,
)
from runtime.observe.fields import LINE_MEANINGS, OPTIONAL, VALUES, meaning

EVENT_TABLE = (engine, campaign, dispatch, calls, contacts, numbers, capacity, advice)
"""The modules of events, in the order in which they are described."""

TIMESTAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
TYPE_NAMES: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
PLURALS: Mapping[str, str] = {"string": "strings", "object": "objects"}


class FieldRow(msgspec.Struct, frozen=True):
    """A field: its name, its type in words, what it means, and its values if they are a closed set."""

    name: str
    type: str
    meaning: str
    values: tuple[str, ...] = ()


class EventRow(msgspec.Struct, frozen=True):
    """An event: its name, level, meaning and the fields besides those of every line."""

    event: str
    level: str
    meaning: str
    fields: tuple[FieldRow, ...]


def event_types() -> tuple[type[Event], ...]:
    """Return every event's type in the order of the event table."""
    return tuple(
        kind
        for module in EVENT_TABLE
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and "event" in vars(kind)
    )


def describe_events() -> tuple[EventRow, ...]:
    """Return a row for every event, in the order of the event table."""
    return tuple(
        EventRow(
            event=kind.event,
            level=kind.level,
            meaning=(kind.__doc__ or "").strip(),
            fields=tuple(
                FieldRow(
                    name,
                    _words(type_),
                    meaning(kind.event, name),
                    VALUES.get(f"{kind.event}.{name}", ()),
                )
                for name, type_ in _fields(kind)
            ),
        )
        for kind in event_types()
    )


def event_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a line; each event under its name in `$defs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of Trunkline's log",
        "oneOf": [{"$ref": f"#/$defs/{kind.event}"} for kind in event_types()],
        "$defs": {kind.event: _line_schema(kind) for kind in event_types()},
    }


def _fields(kind: type[Event]) -> Iterator[tuple[str, Any]]:
    """Yield an event's own fields and their types, in the line's order."""
    for field in msgspec.structs.fields(kind):
        if field.name not in LINE_MEANINGS:
            yield field.name, field.type


def _line_schema(kind: type[Event]) -> dict[str, Any]:
    owner = {"type": ["string", "null"]}
    properties: dict[str, Any] = {
        "timestamp": {"type": "string", "pattern": TIMESTAMP},
        "level": {"const": kind.level},
        "event": {"const": kind.event},
        "tenant": owner,
        "campaign": owner,
        "seq": {"type": "integer"},
        "recovered": {"type": "boolean"},
    }
    properties = {name: {**schema, "description": LINE_MEANINGS[name]} for name, schema in properties.items()}
    for name, type_ in _fields(kind):
        schema = _type_schema(type_)
        values = VALUES.get(f"{kind.event}.{name}")
        if values is not None:
            schema["enum"] = [*values, None] if "null" in schema["type"] else [*values]
        properties[name] = {**schema, "description": meaning(kind.event, name)}
    return {
        "title": kind.event,
        "description": (kind.__doc__ or "").strip(),
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in OPTIONAL],
        "additionalProperties": False,
    }


def _type_schema(type_: Any) -> dict[str, Any]:
    """Translate a field's type; TypeError for one that no event has had yet."""
    if type_ in TYPE_NAMES:
        return {"type": TYPE_NAMES[type_]}
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin in (types.UnionType, typing.Union) and len(arguments) == 2 and arguments[1] is types.NoneType:
        schema = _type_schema(arguments[0])
        return {**schema, "type": [schema["type"], "null"]}
    if origin is list:
        return {"type": "array", "items": _type_schema(arguments[0])}
    if origin is Mapping:
        return {"type": "object"}
    raise TypeError(f"an event's field can't be of type {type_}")


def _words(type_: Any) -> str:
    schema = _type_schema(type_)
    match schema["type"]:
        case "array":
            return f"list of {PLURALS[schema['items']['type']]}"
        case [name, "null"]:
            return f"{name} or null"
        case name:
            return str(name)
