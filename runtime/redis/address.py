"""Where Redis is: one server, a master that Sentinels watch over, or a Cluster.

redis://host[:port][/database]                     one server
redis+sentinel://host[:port],host…/service[/database]
redis+cluster://host[:port],host…

`rediss` in place of `redis` speaks TLS; `?ca=/path.pem` names an authority
that the system doesn't know. User and password never stand in the address.
"""

from __future__ import annotations

from enum import Enum
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

PORT = 6379
SENTINEL_PORT = 26379


class Topology(str, Enum):
    """What answers at the address."""

    SERVER = "server"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


class BadAddress(ValueError):
    """The text is no address of a Redis; it says why, and what would be one."""


class RedisAddress(msgspec.Struct, frozen=True):
    """`hosts` are the server, the Sentinels, or some nodes of the Cluster: host and port."""

    topology: Topology
    hosts: tuple[tuple[str, int], ...]
    tls: bool = False
    database: int = 0
    service: str = ""
    authority: str | None = None
    """The path of a file with the certificates to trust; None: the system's."""

    def __str__(self) -> str:
        scheme = "rediss" if self.tls else "redis"
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        match self.topology:
            case Topology.SERVER:
                return f"{scheme}://{hosts}/{self.database}"
            case Topology.SENTINEL:
                return f"{scheme}+sentinel://{hosts}/{self.service}/{self.database}"
            case Topology.CLUSTER:
                return f"{scheme}+cluster://{hosts}"


def parse_address(text: str) -> RedisAddress:
    """Read an address; raises BadAddress."""
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError as error:
        raise BadAddress(f"no address of a Redis: {error}") from error
    scheme, _, kind = parts.scheme.partition("+")
    if scheme not in ("redis", "rediss") or kind not in ("", "sentinel", "cluster"):
        raise BadAddress(f"begins with {parts.scheme + '://' if parts.scheme else text!r}: {_SCHEMES}")
    if "@" in parts.netloc:
        raise BadAddress(
            "holds a user or a password: these come from the environment,"
            " TRUNKLINE_STATE_USER and TRUNKLINE_STATE_PASSWORD"
        )
    if parts.fragment:
        raise BadAddress(f"ends in #{parts.fragment}, which means nothing here")
    if unknown := [name for name in options if name != "ca"]:
        raise BadAddress(f"has an option {unknown[0]!r}: only ?ca= may follow")
    topology = Topology(kind or "server")
    hosts = _hosts(parts.netloc, SENTINEL_PORT if topology is Topology.SENTINEL else PORT)
    path = [unquote(part) for part in parts.path.split("/") if part]
    service = ""
    match topology:
        case Topology.SERVER if len(hosts) > 1:
            raise BadAddress("names several hosts: redis+sentinel:// or redis+cluster:// has those")
        case Topology.SENTINEL if not path:
            raise BadAddress("lacks the service that the Sentinels watch: redis+sentinel://host/service")
        case Topology.SENTINEL:
            service = path.pop(0)
        case Topology.CLUSTER if path:
            raise BadAddress("names a database: a Cluster has only one")
    return RedisAddress(
        topology=topology,
        hosts=hosts,
        tls=scheme == "rediss",
        database=_database(path),
        service=service,
        authority=options.get("ca"),
    )


_SCHEMES = "an address is redis://host, redis+sentinel://host,host/service or redis+cluster://host,host"


def _hosts(netloc: str, port: int) -> tuple[tuple[str, int], ...]:
    return tuple(_host(part, port) for part in netloc.split(","))


def _host(text: str, port: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, own_port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"names a host that is none, {text!r}: {error}") from error
    if not host or own_port == 0:
        raise BadAddress(f"names a host that is none, {text!r}: host or host:port is needed")
    return host, port if own_port is None else own_port


def _database(path: list[str]) -> int:
    match path:
        case []:
            return 0
        case [digits] if digits.isascii() and digits.isdigit():
            return int(digits)
        case _:
            raise BadAddress(f"ends in /{'/'.join(path)}: only the number of a database may stand there")
