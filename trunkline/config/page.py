"""Write docs/configuration.md: `python -m trunkline.config.page > docs/configuration.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from trunkline.config.models import json_schema

_TABLES = (
    ("[[tenants]]", "TenantTable", "Who dials. At least one."),
    ("[[connections]]", "ConnectionTable", "Provider connections (trunks). Several tenants may share one."),
    (
        "[connections.options]",
        "SimulatedTable",
        "Options of the carrier `simulated`; another carrier says its own. Rates are shares of the attempts "
        "and add up to 1 at most: the rest is rung until hung up. `[numbers.simulated]` takes the first "
        "eight and `changes`, for one number.",
    ),
    (
        "[[connections.options.changes]]",
        "ChangeTable",
        "What is different from a time on; all but `at` may be left out.",
    ),
    ("[[numbers]]", "NumberTable", "The tenants' inventory of numbers to call from."),
    (
        "[[campaigns]]",
        "CampaignTable",
        "Whom to call, from which numbers, when and how often. Where two campaigns of a tenant have work, "
        "the higher `priority` goes first; among equals the grants follow `share`.",
    ),
    (
        "[[scenario.events]]",
        "EventTable",
        "What happens while running, written down beforehand. Which keys a kind takes, an error says.",
    ),
    (
        "[state]",
        "StateTable",
        "Limits that several daemons share. User and password come from the environment alone: "
        "`TRUNKLINE_STATE_USER` and `TRUNKLINE_STATE_PASSWORD`, or the files that these with `_FILE` "
        "name. A simulation keeps to itself. See [](fleet.md).",
    ),
    (
        "[run]",
        "RunTable",
        "How a run goes. Each option has a flag (`--time-scale`) and a variable (`TRUNKLINE_TIME_SCALE`): "
        "the flag wins over the variable, the variable over the file.",
    ),
)

_DEFAULT = re.compile(r" Default:? (?P<default>[^.]+(?:\.\d+)?)\.$")
"""A description may end with its default, where that is no plain value."""

_INTRODUCTION = """\
# Configuration

A TOML file. Unknown keys, wrong types and values that can't be are told all at once, each with its file,
line and column, and nothing is started; `trunkline check` looks at what the file means, `trunkline schema`
prints its JSON Schema for editors, and `trunkline init` writes a commented example.

A *duration* is a number of seconds or a text such as "30s", "15m", "2h" or "1d"; a *phone number* is written
internationally, "+1 415 555 0100"; a *moment* is ISO 8601 with its UTC offset. What has no default must be
given; where the default is none, leaving the option out is what its meaning says.
"""


def configuration_page() -> str:
    """Return the page as Markdown."""
    schema = json_schema()["$defs"]
    parts = [_INTRODUCTION]
    for heading, name, text in _TABLES:
        table = schema[name]
        required = set(table.get("required", ()))
        parts += [f"## `{heading}`", "", text, ""]
        parts += ["| option | value | default | meaning |", "|---|---|---|---|"]
        for option, field in table["properties"].items():
            default = "as before" if name == "ChangeTable" else _default(field)
            cells = (f"`{option}`", _value(field), "—" if option in required else default, _meaning(field))
            parts.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
        parts += [""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _meaning(field: Mapping[str, Any]) -> str:
    return _DEFAULT.sub("", str(field.get("description", "")))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(field: Mapping[str, Any]) -> str:
    said = _DEFAULT.search(str(field.get("description", "")))
    if said is not None:
        return said["default"]
    default = field.get("default")
    if default is None:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, str):
        return f'`"{default}"`'
    if isinstance(default, list):
        return "`[" + ", ".join(f'"{one}"' for one in default) + "]`"
    if isinstance(default, dict):
        return "none"
    return f"`{default:g}`"


def _value(field: Mapping[str, Any]) -> str:
    """Say in a few words what a value looks like."""
    kinds = [kind for kind in field.get("anyOf", [field]) if kind.get("type") != "null"]
    first = kinds[0]
    if "$ref" in first:
        return "a table"
    if any("pattern" in kind and "smhd" in kind["pattern"] for kind in kinds):
        return "a duration"
    if "enum" in first:
        return " or ".join(f'"{one}"' for one in first["enum"])
    if first.get("type") == "array":
        return "a list" if "$ref" not in first["items"] else "tables"
    if first.get("type") == "object":
        return "a table"
    if first.get("type") == "boolean":
        return "true or false"
    if first.get("type") in ("integer", "number"):
        return _number(first)
    if first.get("format") == "date-time":
        return "a moment"
    if "pattern" in first and first["pattern"].startswith("^\\+"):
        return "a phone number"
    if len(kinds) > 1:
        return "text, or a list"
    return "text"


def _number(kind: Mapping[str, Any]) -> str:
    whole = "a whole number" if kind["type"] == "integer" else "a number"
    low, above, high = kind.get("minimum"), kind.get("exclusiveMinimum"), kind.get("maximum")
    if high is not None and high > 1e9:
        return f"{whole} from {low:,}"
    if above is not None:
        return f"{whole} above {above:,} up to {high:,}"
    return f"{whole} from {low:,} to {high:,}"


if __name__ == "__main__":
    sys.stdout.write(configuration_page())
