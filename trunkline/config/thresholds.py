"""How thresholds are written, and whether the figures that they name exist.

    [thresholds]
    answer_rate = "> 0.25"
    wait.p95 = "< 10m"
    number."+14155550100".answer_rate = { must = "> 20 %", abort_on_fail = true, after = "1h" }

On the command line a threshold is one text: `--threshold 'answer_rate > 0.25'`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pydantic_core import PydanticCustomError

from trunkline.config.phones import read_phone
from trunkline.config.problems import Finding
from trunkline.config.suggest import did_you_mean, one_of
from trunkline.config.times import duration
from trunkline.config.wording import Path, quoted, shown
from trunkline.summary.paths import FigurePath, Tree, dotted_path, parse_path
from trunkline.thresholds.threshold import Comparison, Threshold

Read: TypeAlias = Threshold | Finding
"""What a written threshold comes to: itself, or what is wrong with it."""

_OPERATOR = r"(?P<operator>>=|<=|==|!=|>|<)"
_AMOUNT = r"(?P<amount>[+-]?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15}))\s*(?P<unit>%|[smhd])?"
_CONDITION = re.compile(rf"\s*{_OPERATOR}\s*{_AMOUNT}\s*", re.ASCII)
_EXPRESSION = re.compile(
    r"""\s*(?P<path>(?:"(?:[^"\\]|\\.)*"|[^"<>=!])*?)(?P<condition>\s*(?:[<>=!].*))""", re.DOTALL
)
_UNIT_SECONDS = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_KEYS = ("must", "abort_on_fail", "after")
_NAMED = ("connection", "tenant", "campaign", "number", "tier")


def read_thresholds(data: Mapping[str, Any], known: Tree) -> list[Read]:
    """Read all thresholds of a configuration as it was written."""
    run = data.get("run")
    options = run if isinstance(run, Mapping) else {}
    return [
        *read_table(data.get("thresholds"), known),
        *read_texts(options.get("threshold"), options.get("abort_on_fail"), known),
    ]


def read_table(written: object, known: Tree) -> Iterator[Read]:
    """Read `[thresholds]`: tables down to a figure, then what it must be."""
    if not isinstance(written, Mapping):
        return  # the table's own check says so
    for key, value in written.items():
        # Whoever quotes a whole path means the same: "wait.p95" = "< 10m".
        parts = (parse_path(key) or (key,)) if "." in key else (key,)
        yield from _descend(known, (), parts, value, ("thresholds", key))


def read_texts(written: object, abort_after: object, known: Tree) -> Iterator[Read]:
    """Read the texts of `--threshold`; all abort after the same delay, or none does."""
    try:
        delay = None if abort_after is None else duration(abort_after)
    except PydanticCustomError:
        return  # the option's own check says so
    if abort_after is not None and not written:
        yield Finding(
            ("run", "abort_on_fail"),
            "it says when a failing --threshold stops the run, and there is none; "
            'in [thresholds] write { must = "> 0.25", abort_on_fail = true, after = "10m" }',
        )
    for text in written if isinstance(written, list | tuple) else ():
        if isinstance(text, str):
            yield _read_text(text, delay, known)


def _read_text(text: str, delay: float | None, known: Tree) -> Read:
    at: Path = ("run", "threshold")
    match = _EXPRESSION.fullmatch(text)
    path = None if match is None else parse_path(match["path"].strip())
    if match is None or path is None:
        return Finding(at, f"{quoted(text)} is no threshold; write it as in 'answer_rate > 0.25'")
    path, wrong = follow(known, path)
    if wrong is not None:
        return Finding(at, f"{quoted(text)}: {wrong}")
    condition = _read_condition(match["condition"])
    if isinstance(condition, str):
        return Finding(at, f"{quoted(text)}: {condition}")
    return Threshold(
        text=text.strip(), figure=path, comparison=condition[0], limit=condition[1], abort_after=delay
    )


def _descend(known: Tree, above: FigurePath, parts: FigurePath, value: object, at: Path) -> Iterator[Read]:
    path, wrong = follow(known, (*above, *parts), whole=False)
    if wrong is not None:
        yield Finding(at, wrong, "key")
        return
    node: Any = known
    for part in path:
        node = node[part]
    if node is None:
        yield from _read_figure(path, value, at)
    elif not isinstance(value, Mapping):
        yield Finding(at, f"{dotted_path(path)} is no figure but a table of them{one_of(node)}")
    else:
        for key, below in value.items():
            yield from _descend(known, path, (key,), below, (*at, key))


def _read_figure(path: FigurePath, value: object, at: Path) -> Iterator[Read]:
    match value:
        case list():
            for index, item in enumerate(value):
                yield from _read_figure(path, item, (*at, index))
        case dict():
            yield from _read_demand(path, value, at)
        case str():
            yield _read_must(path, value, at, None)
        case _:
            yield Finding(at, f'must be a comparison as in "> 0.25", not {shown(value)}')


def _read_demand(path: FigurePath, demand: Mapping[str, object], at: Path) -> Iterator[Read]:
    for key in demand:
        if key not in _KEYS:
            yield Finding((*at, key), f"unknown key{did_you_mean(key, _KEYS) or one_of(_KEYS)}", "key")
    must = demand.get("must")
    if not isinstance(must, str):
        yield Finding(at, 'missing key "must"; a threshold is as in { must = "> 0.25" }')
        return
    aborts = demand.get("abort_on_fail", False)
    if not isinstance(aborts, bool):
        yield Finding((*at, "abort_on_fail"), f"must be true or false, not {shown(aborts)}")
        return
    if "after" in demand and not aborts:
        yield Finding((*at, "after"), "after is when abort_on_fail begins; set abort_on_fail = true", "key")
        return
    try:
        delay = duration(demand.get("after", 0)) if aborts else None
    except PydanticCustomError as error:
        yield Finding((*at, "after"), error.message())
        return
    yield _read_must(path, must, (*at, "must"), delay)


def _read_must(path: FigurePath, must: str, at: Path, delay: float | None) -> Read:
    condition = _read_condition(must)
    if isinstance(condition, str):
        return Finding(at, condition)
    return Threshold(
        text=f"{dotted_path(path)} {must.strip()}",
        figure=path,
        comparison=condition[0],
        limit=condition[1],
        abort_after=delay,
    )


def _read_condition(text: str) -> tuple[Comparison, float] | str:
    """Return comparison and limit, or what is wrong with them."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        return f'{quoted(text.strip())} is no comparison; write it as in "> 0.25", "<= 95 %" or "< 10m"'
    amount = float(match["amount"])
    limit = amount / 100.0 if match["unit"] == "%" else amount * _UNIT_SECONDS[match["unit"]]
    return Comparison(match["operator"]), limit


def follow(known: Tree, path: FigurePath, *, whole: bool = True) -> tuple[FigurePath, str | None]:
    """Follow a path to its figure; the second says what stands in the way, or is None.

    Phone numbers become E.164. Not `whole`, it may end above a figure.
    """
    node: Any = known
    found: FigurePath = ()
    for part in path:
        if node is None:
            return found, f"{dotted_path(found)} is a figure itself; nothing follows it"
        if found and found[-1] == "number":
            part = read_phone(part)[0] or part
        if part not in node:
            return found, _no_such(found, part, node)
        node = node[part]
        found = (*found, part)
    if whole and node is not None:
        return found, f"{dotted_path(found)} is no figure but a table of them{one_of(node)}"
    return found, None


def _no_such(above: FigurePath, part: str, node: Tree) -> str:
    hint = did_you_mean(part, node) or one_of(node, most=14)
    if above and above[-1] in _NAMED:
        return f"no {above[-1]} {quoted(part)}{hint}"
    where = f"{dotted_path(above)} has no figure" if above else "no figure"
    return f"{where} {quoted(part)}{hint}"
