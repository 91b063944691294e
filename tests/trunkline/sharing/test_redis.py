"""Daemons that share limits by a real Redis, as `[state]` says."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import trio

from runtime.kernel import ActorSystem
from runtime.observe.events import DispatchGranted, Event
from tests.trunkline.sharing.arbiter import Arbiter
from tests.trunkline.sharing.fleet import limits_of, pilot
from trunkline.config import Config
from trunkline.engine import Engine

if TYPE_CHECKING:
    from tests.servers.redis_server import RedisServer

LIMITS = {"connection": 4, "tenant": 6}


class Redis:
    """Engines in real time, whose calls a common arbiter takes."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.system = ActorSystem()
        self.tables = pilot(**LIMITS, max_call_seconds=1, max_ring_seconds=1)
        self.arbiter = Arbiter(self.system, limits_of(self.tables), Random(3), (0.05, 0.2))
        self.logs: list[list[Event]] = []

    def engine(self, contacts: int, limit: int | None = None, **state: Any) -> Engine:
        """Make a daemon with contacts of its own."""
        place = len(self.logs)
        folder = self.folder / f"daemon{place}"
        folder.mkdir()
        rows = (f"c{place}-{row},+1212{2000000 + place * 10000 + row}" for row in range(contacts))
        (folder / "contacts.csv").write_text("id,phone\n" + "\n".join(rows) + "\n")
        tables = pilot(**{**LIMITS, "connection": limit or 4}, max_call_seconds=1, max_ring_seconds=1)
        tables["state"] = {"url": self.url, "lease": "1s", **state}
        log: list[Event] = []
        self.logs.append(log)
        return Engine(
            Config.from_dict(tables, folder=folder),
            seed=place,
            system=self.system,
            sinks=(lambda _time, event: log.append(event),),
            lines={"east": self.arbiter.line(f"d{place}")},
        )

    def run(self, *engines: Engine) -> None:
        """Dial until all have finished."""

        async def main() -> None:
            with trio.fail_after(60):
                async with self.system:
                    for engine in engines:
                        engine.start()
                    for engine in engines:
                        await engine.finished

        trio.run(main)

    def grants(self, place: int) -> list[DispatchGranted]:
        """List a daemon's grants."""
        return [event for event in self.logs[place] if isinstance(event, DispatchGranted)]


@pytest.fixture
def fleet(tmp_path: Path, redis_server: RedisServer) -> Redis:
    return Redis(tmp_path, redis_server.url)


def test_the_state_that_the_configuration_names_is_shared(fleet: Redis, redis_server: RedisServer) -> None:
    fleet.run(fleet.engine(40), fleet.engine(40))
    assert fleet.arbiter.violations == []
    assert fleet.arbiter.placed == {"d0": 40, "d1": 40}
    client: Any = redis_server.client()
    keys = sorted(client.keys("trunkline:*"))
    assert keys == ["trunkline:acme:{connection:east}", "trunkline:acme:{tenant:acme}"]
    assert [field for key in keys for field in client.hkeys(key) if field.startswith("=")] == []


def test_an_engine_that_is_only_waited_for_leaves_no_thread(fleet: Redis) -> None:
    before = _renewal_threads()

    fleet.run(fleet.engine(5))

    assert _renewal_threads() == before


def test_an_engine_that_is_never_started_starts_no_thread(fleet: Redis) -> None:
    before = _renewal_threads()

    fleet.engine(5)

    assert _renewal_threads() == before


def test_daemons_of_different_namespaces_share_nothing(fleet: Redis, redis_server: RedisServer) -> None:
    fleet.arbiter.limits = {}
    fleet.run(fleet.engine(20, namespace="one"), fleet.engine(20, namespace="two"))
    client: Any = redis_server.client()
    names = {key.split(":")[1] for key in client.keys("trunkline:*")}
    assert names == {"one", "two"}


def test_a_daemon_whose_file_is_of_an_older_generation_follows(fleet: Redis) -> None:
    fleet.run(fleet.engine(30, generation=2), fleet.engine(30, limit=9))
    changed = [event for event in fleet.logs[1] if event.event == "connection.limit_changed"]
    assert [event.limit for event in changed] == [4]  # type: ignore[attr-defined]  # just looked at
    assert fleet.arbiter.violations == []


def test_a_lease_that_is_over_lets_nobody_dial_until_redis_is_back(
    fleet: Redis, redis_server: RedisServer
) -> None:
    async def stop() -> None:
        await trio.sleep(2.5)
        redis_server.pause()
        await trio.sleep(3.0)
        redis_server.go_on()

    async def main() -> None:
        with trio.fail_after(60):
            async with fleet.system, trio.open_nursery() as nursery:
                nursery.start_soon(stop)
                engine = fleet.engine(150)
                engine.start()
                await engine.finished

    trio.run(main)
    told = [event.event for event in fleet.logs[0]]
    back = len(told) - 1 - told[::-1].index("state.back")
    away = back - told[:back][::-1].index("state.away")
    lapsed = told.index("lease.lapsed", away, back)
    assert "dispatch.granted" not in told[lapsed + 1 : back]
    assert fleet.arbiter.placed == {"d0": 150}
    assert fleet.arbiter.violations == []


def test_without_shared_state_nothing_of_redis_is_imported(tmp_path: Path) -> None:
    code = "import sys, trunkline; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _renewal_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "RenewalThread" in thread.name}
