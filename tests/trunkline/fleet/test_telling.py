"""A command waits for daemons that Redis doesn't know of, and is said again where Redis has lost it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runtime.calls import E164
from runtime.journal.entries import NumberChange
from runtime.ledger.resource import Kind, Resource
from tests.servers.redis_server import RedisServer
from trunkline.config import load_config
from trunkline.fleet.telling import Told, tell

FLAGGED = NumberChange("flagged", E164("+14155550100"), "ann")
LEASE = 2.0
CONFIG = """
[state]
url = "{url}"
lease = "2s"
namespace = "test"

[[tenants]]
name = "acme"
max_concurrent = 3

[[connections]]
name = "east"
max_concurrent = 3

[[numbers]]
number = "+14155550100"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"
contacts = "contacts.csv"
"""


class Waiting:
    """Time that passes only as it is waited for; what happens then is up to the test."""

    def __init__(self, *acts: tuple[float, Callable[[], object]]) -> None:
        self.now = 0.0
        self._acts = list(acts)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        while self._acts and self._acts[0][0] <= self.now:
            _, act = self._acts.pop(0)
            act()


def command(folder: Path, server: RedisServer, waiting: Waiting, within: float = 60.0) -> Told:
    (folder / "run.toml").write_text(CONFIG.format(url=server.url))
    (folder / "contacts.csv").write_text("id,phone\n")
    config = load_config(str(folder / "run.toml"))
    return tell(config, FLAGGED, within=within, clock=lambda: waiting.now, sleep=waiting.sleep)


def test_where_redis_is_new_daemons_have_a_lease_to_state_themselves(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    waiting = Waiting()

    told = command(tmp_path, redis_server, waiting)

    assert (told.in_force, told.incomplete, told.confirmed) == (True, False, [])
    assert LEASE < waiting.now < 1.2 * LEASE


def test_a_command_that_can_not_wait_for_a_lease_does_not_say_that_it_is_in_force(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    told = command(tmp_path, redis_server, Waiting(), within=LEASE / 2)

    assert (told.in_force, told.incomplete, told.waiting) == (False, True, [])


def test_a_command_that_redis_loses_while_it_waits_is_recorded_again(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    waiting = Waiting((1.0, redis_server.restart))

    told = command(tmp_path, redis_server, waiting)

    assert told.in_force
    assert waiting.now > 1.0 + LEASE
    changes = f"{Resource(Kind.PARTITIONS, 'acme').key('test')}:changes"
    assert "=number\n+14155550100\nflag" in redis_server.client().hkeys(changes)
