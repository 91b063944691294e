"""Ten slots and eight daemons: nobody starves."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.arbiter.__main__ import Terms
from tests.arbiter.arbiter import Limits
from tests.arbiter.process import arbiter_process
from tests.fleet.round import DAEMONS, Dialer
from tests.servers.redis_server import RedisServer

SLOTS = 10
CONTACTS = 960
"""Of all daemons: they deal one file out among themselves."""

CONFIG = """
[state]
url = "{url}"
lease = 3

[[tenants]]
name = "acme"
max_concurrent = 100

[[connections]]
name = "east"
carrier = "outside"
max_concurrent = {slots}

[[numbers]]
number = "+14155550100"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"
contacts = "contacts.csv"
max_attempts = 1
max_ring_seconds = 2
max_call_seconds = 20
"""


@pytest.mark.timeout(240)
def test_with_fewer_slots_than_daemons_want_each_has_its_turn(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    terms = Terms(Limits({"connection east": SLOTS}), seed=1, ring=(0.1, 0.3), talk=(0.1, 0.5))
    with ExitStack() as stack:
        arbiter = stack.enter_context(arbiter_process(tmp_path, terms))
        dialers = []
        rows = "".join(f"c{row},+1212555{row:04}\n" for row in range(CONTACTS))
        for hand in range(DAEMONS):
            own = tmp_path / f"d{hand}"
            own.mkdir()
            (own / "contacts.csv").write_text(f"id,phone\n{rows}")
            (own / "run.toml").write_text(CONFIG.format(url=redis_server.url, slots=SLOTS))
            dialers.append(Dialer(own.name, own, arbiter.socket))
        for dialer in dialers:
            stack.callback(dialer.kill)
            dialer.start()
        deadline = time.monotonic() + 180
        while len(arbiter.report()["by_daemon"]) < DAEMONS:
            assert time.monotonic() < deadline, "somebody gets no slot"
            time.sleep(0.1)
        early = arbiter.report()["by_daemon"]
        while not any(dialer.is_over() for dialer in dialers):
            assert time.monotonic() < deadline, "nobody comes to an end"
            time.sleep(0.1)
        report = arbiter.report()

    assert report["wrong"] == []
    assert report["peaks"]["connection east"] == SLOTS
    since = [report["by_daemon"][dialer.name] - early[dialer.name] for dialer in dialers]
    assert min(since) * 3 >= max(since), f"{early}, then {report['by_daemon']}"
