"""What is set differently from run to run: `rotation=thompson,uniform`."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from trunkline.config.models import CampaignTable, FileTable
from trunkline.config.suggest import did_you_mean
from trunkline.config.wording import quoted
from trunkline.summary.paths import parse_path

Setting: TypeAlias = Mapping[str, Any]
"""Values by the key that they are given to; empty for the file as it is."""

LISTS = ("tenants", "connections", "numbers", "campaigns")
OBJECTS = ("run",)


class BadSetting(ValueError):
    """A `--set` that can't be."""


def read_settings(written: Sequence[str]) -> list[Setting]:
    """Read every `KEY=VALUE,VALUE…`, and return the grid of all combinations.

    The first values make the first setting. Values are TOML's, or else text.
    """
    axes: dict[str, list[Any]] = {}
    for one in written:
        key, sign, values = one.partition("=")
        key = key.strip()
        if not sign or not key or not values.strip():
            raise BadSetting(f'{quoted(one)}: write it as in "rotation=thompson,uniform"')
        _check_key(key)
        if key in axes:
            raise BadSetting(f"{quoted(key)} is set twice; list its values in one --set")
        axes[key] = [_value(value.strip()) for value in values.split(",")]
        if len({repr(value) for value in axes[key]}) < len(axes[key]):
            raise BadSetting(f"{quoted(one)}: a value stands twice")
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def label(setting: Setting) -> str:
    """Name a setting as it was written."""
    return " ".join(f"{key}={_written(value)}" for key, value in setting.items()) or "as written"


def applied(setting: Setting, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration's tables with a setting laid over them.

    A bare key is an option of every campaign; `TABLE.KEY` one of every row of
    that table, `TABLE.NAME.KEY` of the row with that name or number. Raises
    BadSetting where there is no such row.
    """
    changed = copy.deepcopy(dict(tables))
    for key, value in setting.items():
        path = list(parse_path(key) or ())
        if len(path) == 1:
            path = ["campaigns", *path]
        rows = _rows(changed, path[0])
        rest = path[1:]
        named = [row for row in rows if rest[0] in (row.get("name"), row.get("number"))]
        if len(rest) > 1 and named:
            rows, rest = named, rest[1:]
        elif len(rest) > 1 and path[0] in LISTS and not _is_table(rows, rest[0]):
            names = [str(row.get("name") or row.get("number")) for row in rows]
            raise BadSetting(
                f"{quoted(key)}: no {path[0][:-1]} {quoted(rest[0])}{did_you_mean(rest[0], names)}"
            )
        for row in rows:
            _lay(row, rest, value)
    return changed


def _check_key(key: str) -> None:
    path = parse_path(key)
    if path is None:
        raise BadSetting(f"{quoted(key)} is no key")
    if len(path) == 1:
        options = list(CampaignTable.model_fields)
        if path[0] not in options:
            hint = did_you_mean(path[0], options) or '; write others as in "connections.east.max_concurrent"'
            raise BadSetting(f"{quoted(key)} is no option of a campaign{hint}")
    elif path[0] not in (*LISTS, *OBJECTS):
        raise BadSetting(
            f"there is no table {quoted(path[0])}{did_you_mean(path[0], FileTable.model_fields)}"
        )


def _value(written: str) -> Any:
    try:
        return tomllib.loads(f"value = {written}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return written


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rows(tables: dict[str, Any], table: str) -> list[dict[str, Any]]:
    if table in OBJECTS:
        return [tables.setdefault(table, {})]
    return [row for row in tables.get(table, ()) if isinstance(row, dict)]


def _is_table(rows: Sequence[Mapping[str, Any]], key: str) -> bool:
    return key in ("options", "simulated", "retry_after") or any(
        isinstance(row.get(key), dict) for row in rows
    )


def _lay(row: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        row = row.setdefault(part, {})
    row[path[-1]] = value
