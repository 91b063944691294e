from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from runtime.observe.events import CallEnded, DispatchGranted, EngineStarted, Event
from runtime.observe.fields import LINE_MEANINGS, MEANINGS, OPTIONAL, VALUES, meaning
from runtime.observe.reference import describe_events, event_json_schema, event_types
from runtime.observe.renderers import JsonRenderer

NO_PARTICIPLE = {
    "limit.differs",
    "state.away",
    "state.back",
    "advice",
    "call.late_event",
    "call.overdue",
    "journal.away",
    "journal.back",
    "number.weights",
    "pool.capacity",
}
SCHEMA = event_json_schema()
SAMPLES: dict[str, Any] = {"string": "text", "integer": 3, "number": 0.5, "boolean": True, "object": {"a": 1}}
WRONG: dict[str, Any] = {
    "string": 3,
    "integer": 0.5,
    "number": "0.5",
    "boolean": 1,
    "object": [],
    "array": {},
}
TYPES: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}


def wrongs(value: Any, schema: dict[str, Any], where: str = "line") -> Iterator[str]:
    """Check a value by the keywords that our schemas use, no others."""
    for keyword, rule in schema.items():
        match keyword:
            case "title" | "description":
                pass
            case "type":
                if not any(_is(value, name) for name in ([rule] if isinstance(rule, str) else rule)):
                    yield f"{where}: no {rule}"
            case "const":
                if value != rule:
                    yield f"{where}: not {rule}"
            case "enum":
                if value not in rule:
                    yield f"{where}: none of {rule}"
            case "pattern":
                if isinstance(value, str) and re.search(rule, value) is None:
                    yield f"{where}: not like {rule}"
            case "items":
                for index, item in enumerate(value or []):
                    yield from wrongs(item, rule, f"{where}[{index}]")
            case "required":
                yield from (f"{where}: no {name}" for name in rule if name not in value)
            case "properties":
                for name in rule.keys() & value.keys():
                    yield from wrongs(value[name], rule[name], f"{where}.{name}")
            case "additionalProperties":
                assert rule is False
                yield from (f"{where}: unknown {name}" for name in value.keys() - schema["properties"].keys())
            case _:
                raise AssertionError(f"the test doesn't know {keyword}")


def _is(value: Any, name: str) -> bool:
    if name == "null":
        return value is None
    if name == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def schema_of(kind: type[Event]) -> dict[str, Any]:
    schema: dict[str, Any] = SCHEMA["$defs"][kind.event]
    return schema


def sample(kind: type[Event], *, empty: bool) -> Event:
    """Make an event with every field that can be empty so, or none."""
    values: dict[str, Any] = {}
    for name in kind.__struct_fields__:
        schema = schema_of(kind)["properties"][name]
        types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if empty and ("null" in types or name in OPTIONAL):
            values[name] = None
        elif "enum" in schema:
            values[name] = schema["enum"][0]
        elif types[0] == "array":
            values[name] = [] if empty else [SAMPLES[schema["items"]["type"]]]
        else:
            values[name] = SAMPLES[types[0]]
    return msgspec.convert(values, kind)


def line_of(event: Event) -> dict[str, Any]:
    line = JsonRenderer()(None, event.level, {"time": 1767571200.5, "record": event})
    entry: dict[str, Any] = json.loads(line)
    return entry


def test_events_come_in_the_tables_order() -> None:
    names = [kind.event for kind in event_types()]

    assert names[:3] == ["engine.started", "engine.recovered", "engine.stopped"]
    assert names[-1] == "advice"
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", event_types())
def test_a_name_is_noun_and_participle(kind: type[Event]) -> None:
    if kind.event not in NO_PARTICIPLE:
        assert re.fullmatch(r"[a-z]+\.([a-z]+_)?([a-z]+(ed|ing)|set|lost)", kind.event)


def test_the_names_without_a_participle_are_all_there() -> None:
    assert {kind.event for kind in event_types()} >= NO_PARTICIPLE


@pytest.mark.parametrize("kind", event_types())
def test_a_level_is_one_of_four_and_no_field_hides_the_lines_own(kind: type[Event]) -> None:
    assert kind.level in {"debug", "info", "warning", "error"}
    assert not {"timestamp", "level", "event"} & set(kind.__struct_fields__)
    assert {"tenant", "campaign"} <= set(kind.__struct_fields__)


@pytest.mark.parametrize("empty", [False, True], ids=["full", "empty"])
@pytest.mark.parametrize("kind", event_types())
def test_a_line_is_what_its_schema_says(kind: type[Event], empty: bool) -> None:
    line = line_of(sample(kind, empty=empty))

    assert list(wrongs(line, schema_of(kind))) == []
    assert list(line) == [name for name in schema_of(kind)["properties"] if not empty or name not in OPTIONAL]


@pytest.mark.parametrize("kind", event_types())
def test_a_line_that_differs_is_told(kind: type[Event]) -> None:
    line, schema = line_of(sample(kind, empty=False)), schema_of(kind)

    for name, rule in schema["properties"].items():
        types = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", ["string"])
        assert list(wrongs({**line, name: WRONG[types[0]]}, schema)), name
        without = {key: value for key, value in line.items() if key != name}
        assert bool(list(wrongs(without, schema))) == (name not in OPTIONAL), name
    assert list(wrongs({**line, "more": 1}, schema)) == ["line: unknown more"]
    assert list(wrongs({**line, "timestamp": "2026-01-05T00:00:00Z"}, schema))


def test_a_closed_set_of_values_is_closed() -> None:
    line = line_of(sample(CallEnded, empty=False))

    assert list(wrongs({**line, "outcome": "voicemail"}, schema_of(CallEnded))) == []
    assert len(list(wrongs({**line, "outcome": "lost"}, schema_of(CallEnded)))) == 1


def test_the_schema_is_json_and_names_every_event() -> None:
    schema = json.loads(json.dumps(event_json_schema()))

    names = [kind.event for kind in event_types()]
    assert list(schema["$defs"]) == names
    assert schema["oneOf"] == [{"$ref": f"#/$defs/{name}"} for name in names]


def test_an_event_is_described_with_its_fields_and_their_types() -> None:
    [row] = [row for row in describe_events() if row.event == "engine.started"]

    assert (row.level, row.meaning) == ("info", EngineStarted.__doc__)
    assert [(field.name, field.type) for field in row.fields] == [
        ("run", "string"),
        ("versions", "object"),
        ("seed", "integer"),
    ]


def test_types_are_told_in_words() -> None:
    [row] = [row for row in describe_events() if row.event == DispatchGranted.event]
    types = {field.name: field.type for field in row.fields}

    assert types["zones"] == "list of strings"
    assert types["share"] == "number or null"
    assert types["probe"] == "boolean"


@pytest.mark.parametrize("row", describe_events(), ids=lambda row: row.event)
def test_every_event_and_field_is_described_in_a_sentence(row: Any) -> None:
    assert row.meaning.endswith(".")
    for field in row.fields:
        assert field.meaning.endswith((".", "…")), field.name


def test_nothing_is_described_that_no_event_has() -> None:
    used = set()
    for row in describe_events():
        for field in row.fields:
            own = f"{row.event}.{field.name}"
            used.add(own if own in MEANINGS else field.name)
    assert used == set(MEANINGS)
    assert {f"{row.event}.{field.name}" for row in describe_events() for field in row.fields} >= set(VALUES)
    assert list(LINE_MEANINGS) == ["timestamp", "level", "event", "tenant", "campaign", "seq", "recovered"]


def test_a_field_that_nobody_described_is_an_error() -> None:
    with pytest.raises(KeyError):
        meaning("call.ended", "color")
