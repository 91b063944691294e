"""Connections to the Redis that serves a key, wherever that is now.

redis-py repeats commands by itself, ten times unless told otherwise: not
here. Whoever sends knows what may be sent again, and looks again for the
server where it has moved.
"""

from __future__ import annotations

from typing import Any, Protocol, assert_never

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from runtime.redis.address import RedisAddress, Topology


class Credentials(msgspec.Struct, frozen=True):
    """Who Redis is told that we are; never printed."""

    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"


class Servers(Protocol):
    """The servers at an address; for one thread only."""

    def client(self, key: str) -> redis.Redis:
        """Give the client of the server that takes writes of this key; the same one for the same server.

        Raises RedisError where nobody can be asked.
        """
        ...

    def client_at(self, host: str, port: int) -> redis.Redis:
        """Give the client of a server that another has pointed to."""
        ...

    def look_again(self) -> None:
        """Find out anew where the servers are, when one is needed next."""
        ...

    def close(self) -> None:
        """Let every connection go."""
        ...


def connect(address: RedisAddress, credentials: Credentials, *, timeout: float) -> Servers:
    """Make clients for an address; nothing is connected before it is used.

    `timeout` bounds, in seconds, connecting and each wait for an answer.
    """
    match address.topology:
        case Topology.SERVER:
            return _One(address, credentials, timeout)
        case Topology.SENTINEL:
            return _Watched(address, credentials, timeout)
        case Topology.CLUSTER:
            return _Cluster(address, credentials, timeout)
        case _:
            assert_never(address.topology)


def _options(address: RedisAddress, credentials: Credentials, timeout: float) -> dict[str, Any]:
    return {
        "username": credentials.user,
        "password": credentials.password,
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
        **_socket_options(address, timeout),
    }


def _socket_options(address: RedisAddress, timeout: float) -> dict[str, Any]:
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "socket_keepalive": True,
    }
    if address.tls:
        options |= {"ssl": True, "ssl_ca_certs": address.authority}
    return options


class _Servers:
    """The clients made so far."""

    def __init__(self, address: RedisAddress, credentials: Credentials, timeout: float) -> None:
        self._address = address
        self._options = _options(address, credentials, timeout)
        self._timeout = timeout
        self._clients: dict[tuple[str, int], redis.Redis] = {}

    def client_at(self, host: str, port: int) -> redis.Redis:
        found = self._clients.get((host, port))
        if found is None:
            found = redis.Redis(host, port, db=self._address.database, **self._options)
            self._clients[host, port] = found
        return found

    def look_again(self) -> None:
        pass  # by its name, at each connection

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()


class _One(_Servers):
    """One server; nothing to find."""

    def client(self, key: str) -> redis.Redis:
        return self.client_at(*self._address.hosts[0])


class _Watched(_Servers):
    """A master that Sentinels know of; asked again after each loss."""

    def __init__(self, address: RedisAddress, credentials: Credentials, timeout: float) -> None:
        super().__init__(address, credentials, timeout)
        self._sentinel: Sentinel | None = None
        self._master: tuple[str, int] | None = None

    def client(self, key: str) -> redis.Redis:
        if self._master is None:
            if self._sentinel is None:
                own: dict[str, Any] = {
                    **_socket_options(self._address, self._timeout),
                    "protocol": 2,
                    "retry": Retry(NoBackoff(), 0),
                }
                self._sentinel = Sentinel(self._address.hosts, sentinel_kwargs=own)
            self._master = self._sentinel.discover_master(self._address.service)
        return self.client_at(*self._master)

    def look_again(self) -> None:
        self._master = None

    def close(self) -> None:
        super().close()
        if self._sentinel is not None:
            for sentinel in self._sentinel.sentinels:
                sentinel.close()
            self._sentinel = None


class _Cluster(_Servers):
    """Masters that serve a part of the keys each; redis-py keeps the map of them."""

    def __init__(self, address: RedisAddress, credentials: Credentials, timeout: float) -> None:
        super().__init__(address, credentials, timeout)
        self._map: RedisCluster | None = None
        self._is_stale = False

    def client(self, key: str) -> redis.Redis:
        if self._map is None:
            self._map = RedisCluster(
                startup_nodes=[ClusterNode(host, port) for host, port in self._address.hosts],
                require_full_coverage=False,
                **self._options,
            )
        elif self._is_stale:
            known, self._map = self._map, None  # if none of those answers, the address is asked anew
            known.nodes_manager.initialize()
            self._map = known
        self._is_stale = False
        node = self._map.get_node_from_key(key)
        assert node is not None  # that of a replica may be
        return self.client_at(node.host, node.port)

    def look_again(self) -> None:
        self._is_stale = True

    def close(self) -> None:
        super().close()
        if self._map is not None:
            self._map.close()
            self._map = None


def host_and_port(client: redis.Redis) -> tuple[str, int]:
    """Say where a client connects to."""
    options = client.connection_pool.connection_kwargs
    return options["host"], options["port"]


def reason(error: Exception) -> str:
    """Say what went wrong, in a sentence for people."""
    text = str(error)
    if "unauthenticated" in text:  # Redis refuses long commands before it asks for a password
        return "Authentication required."
    return text or type(error).__name__
