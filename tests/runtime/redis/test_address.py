"""An address names one server, a master behind Sentinels, or a Cluster; never a secret."""

from __future__ import annotations

import pytest

from runtime.redis.address import BadAddress, RedisAddress, Topology, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("redis://state", RedisAddress(Topology.SERVER, (("state", 6379),))),
        ("redis://state:7000/3", RedisAddress(Topology.SERVER, (("state", 7000),), database=3)),
        ("redis://[::1]:7000", RedisAddress(Topology.SERVER, (("::1", 7000),))),
        (
            "rediss://state?ca=/etc/ours.pem",
            RedisAddress(Topology.SERVER, (("state", 6379),), tls=True, authority="/etc/ours.pem"),
        ),
        (
            "redis+sentinel://a,b:7001/dialing/2",
            RedisAddress(Topology.SENTINEL, (("a", 26379), ("b", 7001)), database=2, service="dialing"),
        ),
        (
            "rediss+cluster://a:7000,b",
            RedisAddress(Topology.CLUSTER, (("a", 7000), ("b", 6379)), tls=True),
        ),
    ],
)
def test_an_address_is_read(text: str, address: RedisAddress) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["redis://a:1/0", "rediss://[::1]:7/2", "redis+sentinel://a:1,b:2/dialing/0", "redis+cluster://a:1,b:2"],
)
def test_an_address_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_address(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("state:6379", "redis://host"),
        ("http://state", "redis://host"),
        ("redis+other://state", "redis://host"),
        ("redis://", "names a host that is none"),
        ("redis://state:port", "names a host that is none"),
        ("redis://state:70000", "names a host that is none"),
        ("redis://a,b", "several hosts"),
        ("redis://state/calls", "only the number of a database"),
        ("redis://state/1/2", "only the number of a database"),
        ("redis+sentinel://a,b", "lacks the service"),
        ("redis+cluster://a,b/1", "a Cluster has only one"),
        ("redis://state?timeout=3", "option 'timeout'"),
        ("redis://state?ca", "no address"),
        ("redis://state#calls", "#calls"),
        ("redis://[state", "no address"),
    ],
)
def test_what_is_no_address_is_refused_with_its_mend(text: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason):
        parse_address(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadAddress, match="TRUNKLINE_STATE_PASSWORD") as caught:
        parse_address("redis://dialer:secret@state")

    assert "secret" not in str(caught.value)
