"""The JSON Schema of summary.json: `trunkline schema --summary`."""

from __future__ import annotations

from typing import Any

import msgspec

from trunkline.summary.figures import SCHEMA_VERSION, Summary


def summary_json_schema() -> dict[str, Any]:
    """Return the schema of the summary's present version."""
    (reference,), components = msgspec.json.schema_components([Summary], ref_template="#/$defs/{name}")
    version = components["Summary"]["properties"]["schema_version"]
    version["const"] = SCHEMA_VERSION
    for component in components.values():
        # A field with a default is always written all the same.
        component["required"] = list(component["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trunkline summary",
        **reference,
        "$defs": components,
    }


def read_summary(data: bytes) -> Summary:
    """Read a summary.json; raises msgspec.ValidationError for what is none."""
    return msgspec.json.decode(data, type=Summary)
