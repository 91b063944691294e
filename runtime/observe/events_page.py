"""Write docs/events.md: `python -m runtime.observe.events_page > docs/events.md`."""

from __future__ import annotations

import sys

from runtime.observe.events import CallEnded, DispatchGranted, Event
from runtime.observe.fields import LINE_MEANINGS
from runtime.observe.reference import FieldRow, describe_events
from runtime.observe.renderers import JsonRenderer


def events_page() -> str:
    """Return the page as Markdown."""
    rows = describe_events()
    parts = [_INTRODUCTION.format(granted=_EXAMPLES[0], ended=_EXAMPLES[1], fields=_fields_of_every_line())]
    parts += ["| event | level | |", "|---|---|---|"]
    parts += [f"| `{row.event}` | {row.level} | {row.meaning} |" for row in rows]
    for row in rows:
        parts += ["", f"### {row.event}", "", f"{row.meaning} Level: {row.level}."]
        if row.fields:
            parts += ["", "| field | type | |", "|---|---|---|"]
            parts += [f"| `{field.name}` | {field.type} | {_sentence(field)} |" for field in row.fields]
    return "\n".join(parts) + "\n"


def _sentence(field: FieldRow) -> str:
    if not field.values:
        return field.meaning
    return f"{field.meaning} One of {', '.join(f'`{value}`' for value in field.values)}."


def _fields_of_every_line() -> str:
    return "\n".join(f"| `{name}` | {text} |" for name, text in LINE_MEANINGS.items())


def _example(time: float, event: Event) -> str:
    line = JsonRenderer()(None, event.level, {"time": time, "record": event})
    return line.decode().rstrip("\n")


GRANTED = DispatchGranted(
    tenant="acme",
    campaign="spring",
    call="spring-17-1",
    contact="17",
    attempt=1,
    waited_seconds=0.04,
    to="+1********37",
    party="8d3f0a9c5be7714e",
    region="US",
    zones=["America/Los_Angeles"],
    timezone=None,
    number="+14155550100",
    connection="east",
    tier="country",
    spilled=None,
    probe=False,
    weight=0.3125,
    share=0.525,
    candidates=2,
    connection_in_use=4,
    connection_limit=25,
    tenant_in_use=9,
    tenant_cap=40,
    number_in_use=2,
    number_limit=5,
)
ENDED = CallEnded(
    tenant="acme",
    campaign="spring",
    call="spring-17-1",
    contact="17",
    number="+14155550100",
    connection="east",
    outcome="answered",
    disposition="completed",
    ring_seconds=11.25,
    talk_seconds=70.25,
    cause=None,
)
_EXAMPLES = (_example(1767603600.04, GRANTED), _example(1767603681.5, ENDED))

_INTRODUCTION = """\
# Events

The log is one JSON object a line. Names of events and fields are an interface: a program may rely on
them. `trunkline events` prints this page's tables, `trunkline events --json` their JSON Schema.

```json
{granted}
{ended}
```

These fields stand in every line, in this order, before the event's own. A field without a value is null;
none but `seq` and `recovered` is left out.

| field | |
|---|---|
{fields}

## What can be relied on

- **One event is one line**, for every reader. What JSON leaves as it is and some reader would take for a
  line's end, or for an instruction to the terminal, is written as `\\uXXXX`: U+007F to U+009F, U+2028 and
  U+2029, bidi controls, byte order marks, lone surrogates, noncharacters. NaN and infinities are null. An
  integer of more than 64 bits is written out; of more than 640 digits it is a string in hexadecimal.
- **Each grant and each end stands in the log exactly once, in order.** A grant's line is written before
  the carrier gets the call, an end's line before its slot is free again. So grants minus ends never exceed
  a limit.
- **The log is never ahead of the journal.** Only what is durable gets a line, with its position there as
  `seq`. After a crash `engine.recovered` stands in place of `engine.started`; lines that the crash had kept
  from the log follow it, with `recovered`. See [the journal](journal.md).
- **No holes.** When the log can't be written (disk full), dialing stops. Later lines wait behind the one
  that failed, so the log may lack its end, never its middle. A last line that a crash has torn is closed by
  a newline at the next start.
- **Equal runs, equal bytes.** In virtual time the same seed and configuration write the same log.
- SIGHUP opens `--log-file` anew, for log rotation.

## The table
"""


if __name__ == "__main__":
    sys.stdout.write(events_page())
