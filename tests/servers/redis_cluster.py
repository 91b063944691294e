"""A Redis Cluster of three masters and three replicas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from redis import Redis

from tests.servers.ports import free_port
from tests.servers.redis_server import RedisServer
from tests.servers.waiting import until

SLOTS = 16384
MASTERS = 3
OPTIONS = (
    "cluster-enabled yes",
    "cluster-config-file nodes.conf",
    "cluster-node-timeout 1000",
    "cluster-require-full-coverage no",
    "repl-ping-replica-period 1",  # a replica is listed as soon as something was replicated
)


class RedisCluster:
    """Six nodes; three are masters with a replica each."""

    def __init__(self, nodes: Sequence[RedisServer]) -> None:
        self.nodes = list(nodes)

    @property
    def url(self) -> str:
        """Address it by two of its nodes."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:2])
        return f"redis+cluster://{hosts}"

    def masters(self) -> list[RedisServer]:
        """List the nodes that serve slots now."""
        return [self._node_at(ports[0]) for _, _, ports in self._ranges(self._any())]

    def master_of(self, key: str) -> RedisServer:
        """Find the node that serves a key now."""
        return self._node_at(self._serving(self._any(), self._slot(key))[0])

    def replica_of(self, key: str) -> RedisServer:
        """Find the node that would take over from the key's master."""
        return self._node_at(self._serving(self._any(), self._slot(key))[1])

    def other_master(self, key: str) -> RedisServer:
        """Pick a master that doesn't serve the key."""
        return next(node for node in self.masters() if node is not self.master_of(key))

    def begin_move(self, key: str, target: RedisServer) -> None:
        """Begin to move a key's slot: the source answers ASK for keys that it no longer has."""
        source, slot = self.master_of(key), self._slot(key)
        with source.client() as old, target.client() as new:
            new.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", _name(old))
            old.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", _name(new))
            self._move_keys(old, slot, target)

    def end_move(self, key: str, target: RedisServer) -> None:
        """Give the slot to its new master: the old one answers MOVED from here on."""
        source, slot = self.master_of(key), self._slot(key)
        with source.client() as old, target.client() as new:
            self._move_keys(old, slot, target)
            name = _name(new)
            for node in (target, source, *self.masters()):
                with node.client() as client:
                    client.execute_command("CLUSTER SETSLOT", slot, "NODE", name)

    def fail_over(self, key: str) -> None:
        """Kill the master of a key and let its replica take over."""
        master, replica, slot = self.master_of(key), self.replica_of(key), self._slot(key)
        master.kill()
        with replica.client() as client:
            client.execute_command("CLUSTER FAILOVER", "TAKEOVER")
        alive = [node for node in self.nodes if node.is_running]
        until(
            lambda: all(self._serving(node, slot)[0] == replica.port for node in alive),
            "every node knows the new master",
        )

    def _move_keys(self, source: Redis, slot: int, target: RedisServer) -> None:
        while keys := source.execute_command("CLUSTER GETKEYSINSLOT", slot, 10):
            source.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)

    def _any(self) -> RedisServer:
        return next(node for node in self.nodes if node.is_running)

    def _node_at(self, port: int) -> RedisServer:
        return next(node for node in self.nodes if node.port == port)

    def _slot(self, key: str) -> int:
        with self._any().client() as client:
            slot: int = client.execute_command("CLUSTER KEYSLOT", key)
        return slot

    def _serving(self, asked: RedisServer, slot: int) -> list[int]:
        return next(ports for first, last, ports in self._ranges(asked) if first <= slot <= last)

    def _ranges(self, asked: RedisServer) -> list[tuple[int, int, list[int]]]:
        with asked.client() as client:
            return _served(client)


def _name(client: Redis) -> str:
    name: str = client.execute_command("CLUSTER MYID")
    return name


@contextmanager
def running_cluster(folder: Path) -> Iterator[RedisCluster]:
    """Run a cluster while the block lasts."""
    with ExitStack() as stack:
        nodes = [
            stack.enter_context(
                RedisServer(folder / f"node{place}", [*OPTIONS, f"cluster-port {free_port()}"])
            )
            for place in range(2 * MASTERS)
        ]
        cluster = RedisCluster(nodes)
        _introduce(nodes)
        yield cluster


def _introduce(nodes: Sequence[RedisServer]) -> None:
    """Give out the slots, let all meet, and give each master its replica."""
    clients = [node.client() for node in nodes]
    share = SLOTS // MASTERS + 1
    for place, client in enumerate(clients[:MASTERS]):
        last = min((place + 1) * share, SLOTS) - 1
        client.execute_command("CLUSTER ADDSLOTSRANGE", place * share, last)
    for epoch, client in enumerate(clients, start=1):
        client.execute_command("CLUSTER SET-CONFIG-EPOCH", epoch)
    for node in nodes[1:]:
        (bus,) = [line.split()[1] for line in node.options if line.startswith("cluster-port")]
        clients[0].execute_command("CLUSTER MEET", "127.0.0.1", node.port, bus)
    until(
        lambda: all(len(client.execute_command("CLUSTER NODES")) == len(nodes) for client in clients),
        "all nodes have met",
    )
    for master, replica in zip(clients[:MASTERS], clients[MASTERS:], strict=True):
        replica.execute_command("CLUSTER REPLICATE", _name(master))
    until(lambda: all(_is_whole(client) for client in clients), "each master has its replica")
    for client in clients:
        client.close()


def _is_whole(client: Redis) -> bool:
    """Tell whether a node sees all slots served, and is in step with its master if it has one."""
    if client.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
        return False
    link = client.info("replication").get("master_link_status", "up")
    return bool(link == "up") and all(len(ports) == 2 for _, _, ports in _served(client))


def _served(client: Redis) -> list[tuple[int, int, list[int]]]:
    """Ask a node who serves what: first slot, last slot, ports (the master's first)."""
    told: list[Any] = client.execute_command("CLUSTER", "SLOTS")
    return [(first, last, [port for _, port, *_ in nodes]) for first, last, *nodes in told]
