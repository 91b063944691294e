"""What the ledger has about a resource, read without stating anything."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from runtime.ledger.resource import Kind, Resource

_HEAD = ("generation", "learning", "learned", "joined", "turn", "limit", "limit_generation", "day")
_RECORD = (
    *("version", "held", "uses", "wants", "epoch", "lease", "tail", "lag", "join", "knows", "stated"),
    *("quiet", "remaining", "got", "breaker", "told", "own_day", "carried", "index"),
)
"""In the order in which the script packs them."""


class Share(msgspec.Struct, frozen=True):
    """What the ledger counts for one daemon.

    `lapsed_seconds` is how long that stays counted yet at most, where the
    daemon's lease is over; None while it is alive.
    """

    node: str
    holds: int
    uses: int
    wants: int
    lapsed_seconds: float | None
    breaker_open: bool


class Standing(msgspec.Struct, frozen=True):
    """A resource, its limit, and who holds how much of it.

    `binds` says that nothing is left of it and somebody waits for more; of
    contacts' partitions, all of which are always held, it is never said.
    """

    kind: str
    name: str
    limit: int
    held: int
    uses: int
    wants: int
    lapsed: int
    learning: bool
    binds: bool
    shares: tuple[Share, ...]


def standing_of(resource: Resource, fields: Mapping[str, str]) -> Standing | None:
    """Read a resource's fields; None where no daemon has stated anything about it."""
    head = fields.get("#")
    if head is None:
        return None
    facts = dict(zip(_HEAD, map(int, head.split()[: len(_HEAD)]), strict=True))
    shares = tuple(_share(field[1:], line) for field, line in sorted(fields.items()) if field[0] == "=")
    alive = [one for one in shares if one.lapsed_seconds is None]
    held, wants = sum(one.holds for one in shares), sum(one.wants for one in alive)
    return Standing(
        resource.kind.value,
        resource.name,
        facts["limit"],
        held,
        sum(one.uses for one in alive),
        wants,
        held - sum(one.holds for one in alive),
        bool(facts["learning"]),
        resource.kind is not Kind.PARTITIONS and wants > 0 and held >= facts["limit"],
        shares,
    )


def _share(node: str, line: str) -> Share:
    record = dict(zip(_RECORD, map(int, line.split()), strict=True))
    remaining = record["remaining"]
    return Share(
        node,
        record["held"],
        record["uses"],
        record["wants"] if remaining < 0 else 0,
        None if remaining < 0 else remaining / 1000,
        bool(record["breaker"]),
    )
