"""The kinds of values that options take, each with its reader and its JSON schema."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from runtime.calls import E164
from runtime.redis.address import RedisAddress
from trunkline.config import addresses, phones, times, values


def _schema(kind: str, **rest: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **rest})


def _strings(*known: str) -> WithJsonSchema:
    return WithJsonSchema({"enum": list(known)})


_DURATION_SCHEMA: list[dict[str, Any]] = [
    {"type": "number", "minimum": 0, "maximum": times.LONGEST_SECONDS},
    {"type": "string", "pattern": r"^\d+(\.\d+)? ?[smhd]$"},
]
_WINDOW_SCHEMA = {"type": "string", "pattern": r"^\d\d:\d\d ?- ?\d\d:\d\d$"}

Text = Annotated[str, PlainValidator(values.text), _schema("string")]
StateAddress = Annotated[
    RedisAddress,
    PlainValidator(addresses.redis),
    _schema("string", pattern=r"^rediss?(\+sentinel|\+cluster)?://"),
]
Name = Annotated[str, PlainValidator(values.name), _schema("string", minLength=1, maxLength=100)]
Flag = Annotated[bool, PlainValidator(values.flag), _schema("boolean")]
Count = Annotated[
    int, PlainValidator(values.whole(1, values.MOST)), _schema("integer", minimum=1, maximum=values.MOST)
]
CountOrNone = Annotated[
    int, PlainValidator(values.whole(0, values.MOST)), _schema("integer", minimum=0, maximum=values.MOST)
]
Priority = Annotated[
    int,
    PlainValidator(values.whole(-values.MOST, values.MOST)),
    _schema("integer", minimum=-values.MOST, maximum=values.MOST),
]
Seed = Annotated[
    int, PlainValidator(values.whole(0, 2**63 - 1)), _schema("integer", minimum=0, maximum=2**63 - 1)
]
Rate = Annotated[float, PlainValidator(values.number(0, 1)), _schema("number", minimum=0, maximum=1)]
PositiveRate = Annotated[
    float,
    PlainValidator(values.number(0, 1, above=True)),
    _schema("number", exclusiveMinimum=0, maximum=1),
]
Hours = Annotated[float, PlainValidator(values.number(0, 26)), _schema("number", minimum=0, maximum=26)]
Amount = Annotated[
    float,
    PlainValidator(values.number(0, values.MOST, above=True)),
    _schema("number", exclusiveMinimum=0, maximum=values.MOST),
]
Milliseconds = Annotated[
    float, PlainValidator(values.number(0, 3_600_000)), _schema("number", minimum=0, maximum=3_600_000)
]
TimeScale = Annotated[
    float,
    PlainValidator(values.number(0, 1000, above=True)),
    _schema("number", exclusiveMinimum=0, maximum=1000),
]
Duration = Annotated[float, PlainValidator(times.duration), WithJsonSchema({"anyOf": _DURATION_SCHEMA})]
PositiveDuration = Annotated[
    float, PlainValidator(times.positive_duration), WithJsonSchema({"anyOf": _DURATION_SCHEMA})
]
Delay = Annotated[
    float | None,
    PlainValidator(times.delay),
    WithJsonSchema({"anyOf": [*_DURATION_SCHEMA, {"const": "never"}]}),
]
Phone = Annotated[E164, PlainValidator(phones.phone), _schema("string", pattern=r"^\+[0-9 ()./-]+$")]
Timezone = Annotated[
    str, PlainValidator(times.timezone), _schema("string", examples=["UTC", "Europe/Berlin"])
]
Region = Annotated[str, PlainValidator(phones.region), _schema("string", pattern="^[A-Z]{2}$")]
Encoding = Annotated[str, PlainValidator(values.encoding), _schema("string", examples=["utf-8", "cp1252"])]
Moment = Annotated[datetime.datetime, PlainValidator(times.moment), _schema("string", format="date-time")]
Windows = Annotated[
    tuple[tuple[int, int], ...],
    PlainValidator(times.windows),
    WithJsonSchema({"anyOf": [_WINDOW_SCHEMA, {"type": "array", "items": _WINDOW_SCHEMA, "minItems": 1}]}),
]
Weekdays = Annotated[
    tuple[int, ...],
    PlainValidator(times.weekdays),
    _schema("array", items={"enum": list(times.WEEKDAYS)}, minItems=1),
]
_DEMAND_SCHEMA: list[dict[str, Any]] = [
    {"type": "string", "pattern": r"^\s*(>|>=|<|<=|==|!=)\s*[0-9.+-]+\s*[%smhd]?\s*$"},
    {
        "type": "object",
        "properties": {
            "must": {"type": "string"},
            "abort_on_fail": {"type": "boolean"},
            "after": {"anyOf": _DURATION_SCHEMA},
        },
        "required": ["must"],
        "additionalProperties": False,
    },
]
Thresholds = Annotated[
    dict[str, Any],
    PlainValidator(values.table),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    *_DEMAND_SCHEMA,
                    {"type": "array", "items": {"anyOf": _DEMAND_SCHEMA}},
                    {"type": "object"},
                ]
            },
        }
    ),
]
Plain = Annotated[Any, PlainValidator(values.plain), WithJsonSchema({})]

STATUSES = ("active", "paused", "spam")
WHEN_FULL = ("wait", "spill")
ROTATIONS = ("proportional", "thompson", "uniform")
MASKINGS = ("masked", "full")
LEVELS = ("debug", "info", "warning", "error")
COLORS = ("auto", "always", "never")
KINDS = (
    "flag_number",
    "unflag_number",
    "pause_number",
    "resume_number",
    "remove_number",
    "add_number",
    "pause_campaign",
    "resume_campaign",
    "cancel_campaign",
    "connection_limit",
    "tenant_cap",
    "label_number",
    "answer_rate",
    "connection_down",
    "carrier_congestion",
    "lose_events",
    "late_events",
    "duplicate_events",
    "contacts_join",
    "daemon_crashes",
    "daemon_restarts",
)

Status = Annotated[str, PlainValidator(values.choice(*STATUSES)), _strings(*STATUSES)]
WhenFullWord = Annotated[str, PlainValidator(values.choice(*WHEN_FULL)), _strings(*WHEN_FULL)]
RotationWord = Annotated[str, PlainValidator(values.choice(*ROTATIONS)), _strings(*ROTATIONS)]
Masking = Annotated[str, PlainValidator(values.choice(*MASKINGS)), _strings(*MASKINGS)]
Level = Annotated[str, PlainValidator(values.choice(*LEVELS)), _strings(*LEVELS)]
Color = Annotated[str, PlainValidator(values.choice(*COLORS)), _strings(*COLORS)]
Kind = Annotated[str, PlainValidator(values.choice(*KINDS)), _strings(*KINDS)]
