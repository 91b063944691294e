"""How the daemons that share limits stand: who is alive, holds, uses and wants what."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec

from actors.settings import EngineSettings
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.standing import Standing
from trunkline.config import Config
from trunkline.engine.shared_state import credentials, namespace_of

ANSWER_SECONDS = 2.0
"""How long Redis may take to answer."""


class Member(msgspec.Struct, frozen=True):
    """A daemon that the ledger counts.

    `lapsed_seconds` is how long what it held stays counted yet at most, where
    its lease is over; None while it is alive.
    """

    node: str
    alive: bool
    lapsed_seconds: float | None


class Cluster(msgspec.Struct, frozen=True):
    """All daemons and shared limits; `binds` names the limits that keep somebody waiting, kind:name."""

    namespace: str
    daemons: tuple[Member, ...]
    binds: tuple[str, ...]
    learning: tuple[str, ...]
    limits: tuple[Standing, ...]


def look_at(config: Config) -> Cluster:
    """Ask the shared state how things stand; raises ServerAway where it doesn't answer."""
    from runtime.redis.client import Credentials
    from runtime.redis.reading import read_standings

    assert config.state is not None
    namespace = namespace_of(config)
    user, password = credentials(os.environ)
    standings = read_standings(
        config.state.url,
        Credentials(user, password),
        namespace=namespace,
        resources=resources_of(config.settings()),
        timeout=ANSWER_SECONDS,
    )
    return sum_up(namespace, standings)


def sum_up(namespace: str, standings: list[Standing]) -> Cluster:
    """Say who is there, and what binds."""
    lapsed: dict[str, float | None] = {}
    for standing in standings:
        for share in standing.shares:
            left = share.lapsed_seconds
            known = lapsed.get(share.node, 0.0)
            # Alive is who is alive for any limit: it states one after the other.
            lapsed[share.node] = None if left is None or known is None else max(known, left)
    return Cluster(
        namespace,
        tuple(Member(node, lapsed[node] is None, lapsed[node]) for node in sorted(lapsed)),
        tuple(f"{one.kind}:{one.name}" for one in standings if one.binds),
        tuple(f"{one.kind}:{one.name}" for one in standings if one.learning),
        tuple(standings),
    )


def resources_of(settings: EngineSettings) -> Iterator[Resource]:
    """List every limit that the configuration lets daemons share."""
    for connection in settings.connections:
        yield Resource(Kind.CONNECTION, connection.name)
        if connection.max_calls_per_second is not None:
            yield Resource(Kind.RATE, connection.name)
    for tenant in settings.tenants:
        yield Resource(Kind.TENANT, tenant.name)
        yield Resource(Kind.PARTITIONS, tenant.name)
    for campaign in settings.campaigns:
        if campaign.max_concurrent is not None:
            yield Resource(Kind.CAMPAIGN, campaign.name)
    for number in settings.numbers:
        if number.max_concurrent is not None:
            yield Resource(Kind.NUMBER, number.number)
        if number.max_calls_per_day is not None:
            yield Resource(Kind.DAY, number.number)
