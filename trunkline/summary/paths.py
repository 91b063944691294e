"""Find a figure by its dotted path: `connection.east.peak`, `wait.p95`.

answer_rate                 the run: attempts, answered, seconds, peak, …
contact.reached             what became of the contacts
outcome.busy                ended calls by outcome
wait.p95, wait.retry.p95    waiting times: of all, `first` or `retry`
connection.NAME.peak        one connection; tenant, tier and campaign alike
try.2.answer_rate           the second calls of their contacts
number."+14155550100".share one number, over all campaigns
campaign.NAME.number."+14155550100".weight
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from runtime.calls import Outcome
from runtime.observe.fields import TIERS
from trunkline.summary.figures import (
    CampaignFigures,
    ConnectionFigures,
    Contacts,
    NumberFigures,
    Summary,
    TenantFigures,
    TierFigures,
    TryFigures,
    Waits,
)

FigurePath: TypeAlias = tuple[str, ...]
Tree: TypeAlias = Mapping[str, Any]
"""Figures by name; a table of figures is a tree of its own."""

_RUN = ("attempts", "answered", "counted", "answer_rate", "seconds", "peak", "mean", "refused", "voided")
_SUMMED = ("attempts", "answered", "counted", "answer_rate", "share")

_SEGMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s."]+)')
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def parse_path(text: str) -> FigurePath | None:
    """Read a dotted path; names with dots or spaces stand in quotes. None: it is none."""
    parts: list[str] = []
    position = 0
    while True:
        match = _SEGMENT.match(text, position)
        if match is None:
            return None
        said = match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1])
        parts.append(said)
        position = match.end()
        if position == len(text):
            return tuple(parts)
        if text[position] != ".":
            return None
        position += 1


def dotted_path(path: FigurePath) -> str:
    """Write a path as `parse_path` reads it."""
    return ".".join(part if _BARE.fullmatch(part) else _quoted(part) for part in path)


def _quoted(part: str) -> str:
    return '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'


class AnyKey(dict[str, Any]):
    """Stands for a table with a row of every name that `accepts` takes."""

    def __init__(self, row: Tree, accepts: Callable[[str], bool] = bool) -> None:
        super().__init__()
        self._row = row
        self._accepts = accepts

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._accepts(key)

    def __missing__(self, key: str) -> Tree:
        return self._row


def _is_ordinal(key: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,8}", key) is not None


def known_figures(
    *,
    tenants: Collection[str] = (),
    connections: Collection[str] = (),
    campaigns: Collection[str] = (),
    numbers: Collection[str] = (),
) -> Tree:
    """Return every figure that a run over these names will have; the leaves are None.

    Where no names are given, because they aren't known, any will do.
    """
    waits = dict.fromkeys(_figures(Waits))
    campaign = {**dict.fromkeys(_figures(CampaignFigures)), "number": _rows(numbers, _figures(NumberFigures))}
    return {
        **dict.fromkeys(_RUN),
        "contact": dict.fromkeys(_figures(Contacts)),
        "outcome": dict.fromkeys(outcome.value for outcome in Outcome),
        "wait": {**waits, "first": waits, "retry": waits},
        "connection": _rows(connections, _figures(ConnectionFigures)),
        "tenant": _rows(tenants, _figures(TenantFigures)),
        "tier": _rows(TIERS, _figures(TierFigures)),
        "try": AnyKey(dict.fromkeys(_figures(TryFigures)), _is_ordinal),
        "number": _rows(numbers, _SUMMED),
        "campaign": dict.fromkeys(campaigns, campaign) if campaigns else AnyKey(campaign),
    }


def _rows(names: Collection[str], figures: Iterable[str]) -> Tree:
    row = dict.fromkeys(figures)
    return dict.fromkeys(names, row) if names else AnyKey(row)


def figures(summary: Summary) -> Tree:
    """Return the figures of a run as a tree; `known_figures` has the same shape."""
    return {
        **{name: getattr(summary, name) for name in _RUN},
        "contact": _row(summary.contacts),
        "outcome": summary.outcomes,
        "wait": {
            **_row(summary.waits.all),
            "first": _row(summary.waits.first),
            "retry": _row(summary.waits.retry),
        },
        "connection": {one.connection: _row(one) for one in summary.connections},
        "tenant": {one.tenant: _row(one) for one in summary.tenants},
        "tier": {one.tier: _row(one) for one in summary.tiers},
        "try": {str(one.attempt): _row(one) for one in summary.tries},
        "number": dict(_numbers(summary)),
        "campaign": {
            one.campaign: {
                **_row(one),
                "number": {
                    number.number: _row(number)
                    for number in summary.numbers
                    if number.campaign == one.campaign
                },
            }
            for one in summary.campaigns
        },
    }


def figure_of(tree: Tree, path: FigurePath) -> float | None:
    """Return a figure; None where it has no value, or nobody was called for it."""
    node: Any = tree
    for part in path:
        node = node.get(part) if isinstance(node, Mapping) else None
    return None if node is None or isinstance(node, Mapping) else float(node)


def all_figures(tree: Tree, path: FigurePath = ()) -> Iterator[tuple[FigurePath, float | None]]:
    """List every figure with its path."""
    for name, node in tree.items():
        if isinstance(node, Mapping):
            yield from all_figures(node, (*path, name))
        else:
            yield (*path, name), node


def _figures(table: type[msgspec.Struct]) -> list[str]:
    """Name the columns of a table that hold a number, not a name or a state."""
    named = {"campaign", "tenant", "number", "connection", "status", "tier", "attempt", "finished"}
    return [field.name for field in msgspec.structs.fields(table) if field.name not in named]


def _row(table: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(table, name) for name in _figures(type(table))}


def _numbers(summary: Summary) -> Iterator[tuple[str, dict[str, Any]]]:
    """Add each number up over all its campaigns."""
    rows: dict[str, list[NumberFigures]] = {}
    for one in summary.numbers:
        rows.setdefault(one.number, []).append(one)
    for number, mine in rows.items():
        attempts, answered = sum(one.attempts for one in mine), sum(one.answered for one in mine)
        counted = sum(one.counted for one in mine)
        yield (
            number,
            {
                "attempts": attempts,
                "answered": answered,
                "counted": counted,
                "answer_rate": round(answered / counted, 6) if counted else None,
                "share": round(attempts / summary.attempts, 6) if summary.attempts else None,
            },
        )
