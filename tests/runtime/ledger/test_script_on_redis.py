"""The script does the same in Redis as in the interpreter that simulations use."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import redis

from runtime.ledger import script
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.statement import Remembered, Sighting, Statement, Terms
from tests.runtime.ledger.embedded import Refused, Server
from tests.servers.redis_server import RedisServer

NODES = ("a", "b:1:x", "c", "d")
KINDS = (Kind.CONNECTION, Kind.RATE, Kind.DAY, Kind.PARTITIONS)


def on_redis(client: redis.Redis, key: str, arguments: list[str]) -> list[str]:
    """Run the script as the renewals do; an error as the interpreter tells it."""
    try:
        answer: Any = client.evalsha(script.digest(), 1, key, *arguments)
    except redis.ResponseError as error:
        return [str(error).removeprefix("ERR ")]
    return list(answer)


def in_the_interpreter(server: Server, key: str, arguments: list[str]) -> list[str]:
    try:
        return server.evaluate(key, arguments)
    except Refused as error:
        return [str(error).removeprefix("ERR ")]


def drawn_statement(random: Random, kind: Kind, sequence: int, server: Server) -> Statement:
    """Draw any statement at all: true, false, old, of another life, of this one."""
    fields = server.data.get(Resource(kind, "x").key("test"), {})
    head = fields["#"].split() if "#" in fields else None
    current = head is not None and random.random() < 0.8
    uses = random.randrange(4)
    versions = {field[1:]: int(line.split()[0]) for field, line in fields.items() if field[0] == "="}

    def sightings() -> tuple[Sighting, ...]:
        return tuple(
            Sighting(node, versions.get(node, 5), random.choice((0, 900, 5000, 20_000)))
            for node in NODES
            if random.random() < 0.3
        )

    node = random.choice(NODES)
    return Statement(
        resource=Resource(kind, "x"),
        node=node,
        incarnation=1,
        sequence=max(1, sequence - random.choice((0, 0, 0, 1, 7))),
        holds=uses + random.randrange(4),
        uses=uses,
        wants=random.randrange(6),
        limit=random.choice((1, 5, 9)),
        limit_generation=random.choice((1, 1, 1, 2, 3)),
        terms=Terms(
            random.choice((1.0, 10.0)), random.choice((3.5, float("inf"))), random.choice((0.0, 1.0))
        ),
        acknowledged=versions.get(node, 0) if random.random() < 0.7 else 0,
        generation=int(head[0]) if current and head else random.randrange(4),
        life=head[-1] if current and head else "elsewhere",
        epoch=random.randrange(3),
        joined=random.randrange(9),
        learned=random.choice((0, 1000, 20_000)),
        loss=random.random() < 0.02,
        leaving=random.random() < 0.05,
        breaker_open=random.random() < 0.5,
        told=random.randrange(3),
        day=random.choice((0, 7, 7, 8)) if kind is Kind.DAY else 0,
        own_day=random.choice((7, 8)) if kind is Kind.DAY else 0,
        carried=random.randrange(2) if kind is Kind.DAY else 0,
        units=frozenset(random.sample(range(256), random.randrange(40)))
        if kind is Kind.PARTITIONS
        else frozenset(),
        quiet=sightings(),
        countdowns=sightings(),
        remembered=tuple(
            Remembered(one.node, one.version, uses, random.random() < 0.5) for one in sightings()
        ),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_statements_give_the_same_replies_and_keys(redis_server: RedisServer, kind: Kind) -> None:
    client = redis_server.client()
    info: Any = client.info("all")
    embedded = Server()
    embedded.named = (info["run_id"], info["master_replid"])
    client.script_load(script.source())
    random = Random(f"differential {kind.value}")
    key = Resource(kind, "x").key("test")

    for sequence in range(1, 600):
        arguments = script.arguments(drawn_statement(random, kind, sequence, embedded))
        if random.random() < 0.05:  # a word that doesn't belong there
            arguments[random.randrange(8)] = random.choice(("", "x y", "-1", "1e400", "nan", "0 0 0"))
        assert on_redis(client, key, arguments) == in_the_interpreter(embedded, key, arguments)
        assert client.hgetall(key) == embedded.data.get(key, {})


def test_what_is_wrong_is_refused_before_anything_is_written(redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.script_load(script.source())
    random = Random(1)
    good = script.arguments(drawn_statement(random, Kind.CONNECTION, 1, Server()))

    for place in (0, 1, 3, 4, 5, 6, 7):
        with pytest.raises(redis.ResponseError, match="trunkline"):
            client.evalsha(script.digest(), 1, "key", *[*good[:place], "x y", *good[place + 1 :]])
    with pytest.raises(redis.ResponseError, match="eight arguments"):
        client.evalsha(script.digest(), 1, "key", *good[:3])

    assert client.exists("key") == 0


def test_slots_are_handed_back_though_the_memory_is_full(redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.script_load(script.source())
    random = Random(2)
    key = Resource(Kind.CONNECTION, "x").key("test")
    client.evalsha(
        script.digest(), 1, key, *script.arguments(drawn_statement(random, Kind.CONNECTION, 1, Server()))
    )
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", 1)

    with pytest.raises(redis.ResponseError, match="maxmemory"):
        client.set("other", "x")
    client.evalsha(
        script.digest(), 1, key, *script.arguments(drawn_statement(random, Kind.CONNECTION, 2, Server()))
    )


def test_another_life_of_the_server_raises_the_generation(redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.script_load(script.source())
    random = Random(4)
    resource = Resource(Kind.CONNECTION, "x")
    key = resource.key("test")

    def generation(sequence: int) -> int:
        arguments = script.arguments(drawn_statement(random, Kind.CONNECTION, sequence, Server()))
        arguments[2] = ""
        numbers = arguments[1].split()
        numbers[1] = numbers[2] = "0"  # it knows of nothing
        arguments[1] = " ".join(numbers)
        return script.reply(resource, on_redis(redis_server.client(), key, arguments)).generation

    first = generation(1)
    client.save()
    redis_server.kill()
    redis_server.restart()
    redis_server.client().script_load(script.source())

    assert (first, generation(20)) == (1, 2)
