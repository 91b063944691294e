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


class UnknownVersion(ValueError):
    """A summary that another version of Trunkline has written, with another meaning."""


class _Versioned(msgspec.Struct):
    schema_version: int


def read_summary(data: bytes) -> Summary:
    """Read a summary.json of the present version.

    Raises msgspec.DecodeError for what is none, UnknownVersion for another
    version's, before any of its figures is looked at.
    """
    version = msgspec.json.decode(data, type=_Versioned).schema_version
    if version != SCHEMA_VERSION:
        raise UnknownVersion(
            f"its schema_version is {version}, this Trunkline reads {SCHEMA_VERSION}: "
            "make both summaries with the same version of Trunkline"
        )
    return msgspec.json.decode(data, type=Summary)
