"""Check one table at a time: names, kinds and ranges, every fault at once."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from trunkline.config.models import FileTable
from trunkline.config.problems import Finding
from trunkline.config.suggest import closest, did_you_mean, one_of
from trunkline.config.wording import Path, dotted, listed, quoted, shown

Model = TypeVar("Model", bound=BaseModel)


def check_table(model: type[Model], data: object, at: Path = ()) -> tuple[Model | None, list[Finding]]:
    """Return the table that the data makes, or None and what is wrong with it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
        unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
        meant = {(*loc[:-1], closest(str(loc[-1]), _known_keys(model, loc))) for loc in unknown}
        # A mistyped key is one mistake: that its right name is missing is not said as well.
        details = [
            detail for detail in details if not (detail["type"] == "missing" and detail["loc"] in meant)
        ]
        return None, [_finding(model, detail, at) for detail in details]


def _finding(model: type[BaseModel], detail: Any, at: Path) -> Finding:
    loc: Path = detail["loc"]
    path = (*at, *loc)
    match detail["type"]:
        case "invalid":
            return Finding(path, detail["ctx"]["reason"])
        case "extra_forbidden":
            return Finding(path, _unknown_key(model, loc), "key")
        case "missing":
            return Finding(path[:-1], _missing_key(model, loc))
        case "too_short":
            return Finding(path, f"there are none; add a [[{dotted(path)}]] table")
        case "model_type" | "dict_type" | "model_attributes_type":
            return Finding(path, _no_table(detail["input"], path))
        case "list_type":
            return Finding(path, _no_list(model, loc, detail["input"], path))
        case _:
            return Finding(path, detail["msg"])


def _known_keys(model: type[BaseModel], loc: Path) -> list[str]:
    """Return the keys that the table of a key may have."""
    return list(_fields(_model_at(model, loc[:-1])))


def _unknown_key(model: type[BaseModel], loc: Path) -> str:
    key = str(loc[-1])
    known = _known_keys(model, loc)
    hint = did_you_mean(key, known)
    if not hint and (homes := [place for place, name in _options() if name == key]):
        hint = f"; it is an option of {listed(homes)}"
    return "unknown key" + (hint or one_of(known))


def _missing_key(model: type[BaseModel], loc: Path) -> str:
    key = str(loc[-1])
    if len(loc) == 1 and _row_model(_fields(model).get(key)) is not None:
        return f"no {key}; add a [[{key}]] table"
    return f"missing key {quoted(key)}"


def _no_table(value: object, path: Path) -> str:
    if isinstance(value, list):
        return f"must be one table, not a list; write [{dotted(path)}]"
    if path and isinstance(path[-1], int):
        return f"must be a table, not {shown(value)}; write [[{dotted(path[:-1])}]]"
    return f"must be a table, not {shown(value)}"


def _no_list(model: type[BaseModel], loc: Path, value: object, path: Path) -> str:
    field = _fields(_model_at(model, loc[:-1])).get(str(loc[-1]))
    if field is not None and _row_model(field) is not None:
        names = ".".join(part for part in path if isinstance(part, str))
        return f"must be a list of tables, not {shown(value)}; write [[{names}]]"
    return f"must be a list, not {shown(value)}"


def _fields(model: type[BaseModel] | None) -> Mapping[str, object]:
    if model is None:
        return {}
    return {name: field.annotation for name, field in model.model_fields.items()}


def _model_at(model: type[BaseModel], loc: Path) -> type[BaseModel] | None:
    """Return the model of the table at a path below a model."""
    found: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, str):
            annotation = _fields(found).get(part)
            found = _row_model(annotation) or _only_model(annotation)
    return found


def _row_model(annotation: object) -> type[BaseModel] | None:
    """Return the model of a list's items."""
    if typing.get_origin(annotation) is not list:
        return None
    return _only_model(typing.get_args(annotation)[0])


def _only_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return next(filter(None, map(_only_model, typing.get_args(annotation))), None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _options() -> Iterator[tuple[str, str]]:
    """Return every option of the file with the table that it stands in."""
    for key, annotation in _fields(FileTable).items():
        if (rows := _row_model(annotation)) is not None:
            yield from ((f"[[{key}]]", name) for name in rows.model_fields)
        elif (table := _only_model(annotation)) is not None:
            yield from ((f"[{key}]", name) for name in table.model_fields)
