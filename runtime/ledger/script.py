"""The ledger's script, and how statements and replies are written for it.

The script runs in Redis: once for each statement, on the resource's key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from math import ceil, inf

from runtime.ledger.resource import PARTITIONS, Kind, Resource
from runtime.ledger.statement import Remembered, Reply, Row, Sighting, Statement

FOREVER = 2**52
"""An endless tail in milliseconds, as the script counts it."""


@cache
def source() -> str:
    """Give the script's text, as it is loaded into Redis."""
    return files("runtime.ledger").joinpath("script.lua").read_text("utf-8")


@cache
def digest() -> str:
    """Give the name that Redis calls the loaded script by."""
    return sha1(source().encode(), usedforsecurity=False).hexdigest()


def arguments(statement: Statement) -> list[str]:
    """Write the script's arguments for a statement; its key goes before them."""
    terms = statement.terms
    numbers = (
        statement.version,
        statement.acknowledged,
        statement.generation,
        statement.holds,
        statement.uses,
        statement.wants,
        statement.limit,
        statement.limit_generation,
        milliseconds(terms.lease),
        milliseconds(terms.tail),
        milliseconds(terms.lag),
        statement.epoch,
        statement.joined,
        statement.learned,
        int(statement.loss),
        int(statement.leaving),
        int(statement.breaker_open),
        statement.told,
        statement.day,
        statement.own_day,
        statement.carried,
    )
    return [
        statement.node,
        " ".join(map(str, numbers)),
        statement.life,
        _hexadecimal(statement.units) if statement.resource.kind is Kind.PARTITIONS else "",
        _sightings(statement.quiet),
        _sightings(statement.countdowns),
        _remembered(one for one in statement.remembered if not one.lapsed),
        _remembered(one for one in statement.remembered if one.lapsed),
    ]


def reply(resource: Resource, answer: Sequence[bytes | str]) -> Reply:
    """Read the script's answer to a statement on the resource.

    Raises ValueError where it is none.
    """
    first, *lines = (line.decode() if isinstance(line, bytes) else line for line in answer)
    numbers = first.split()
    units = _units(numbers[14]) if len(numbers) > 14 else frozenset[int]()
    version, generation, learning, learned, learning_full, epoch, holds, share = map(int, numbers[:8])
    limit, limit_generation, joined, day, told = map(int, numbers[8:13])
    return Reply(
        resource=resource,
        version=version,
        generation=generation,
        life=numbers[13],
        learning=bool(learning),
        learned=learned,
        learning_full=learning_full,
        epoch=epoch,
        holds=holds,
        share=share,
        limit=limit,
        limit_generation=limit_generation,
        joined=joined,
        day=day,
        told=told,
        units=units,
        rows=tuple(map(_row, lines)),
    )


def milliseconds(seconds: float) -> int:
    """Round up to milliseconds."""
    return FOREVER if seconds == inf else ceil(seconds * 1000)


def _row(line: str) -> Row:
    node, *numbers = line.split()
    version, holds, uses, wants, lease, remaining, breaker, told = map(int, numbers)
    return Row(
        node,
        version,
        holds,
        uses,
        wants,
        lease,
        None if remaining < 0 else remaining,
        bool(breaker),
        told,
    )


def _sightings(sightings: Iterable[Sighting]) -> str:
    return " ".join(f"{one.node} {one.version} {one.milliseconds}" for one in sightings)


def _remembered(remembered: Iterable[Remembered]) -> str:
    return " ".join(f"{one.node} {one.version} {one.holds}" for one in remembered)


def _hexadecimal(units: Iterable[int]) -> str:
    return f"{sum(1 << unit for unit in units):0{PARTITIONS // 4}x}"


def _units(digits: str) -> frozenset[int]:
    bits = int(digits, 16)
    return frozenset(unit for unit in range(PARTITIONS) if bits >> unit & 1)
