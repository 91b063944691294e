"""Processes that deal one campaign out by a real Redis; a neutral arbiter takes the calls."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.arbiter.__main__ import Terms
from tests.arbiter.arbiter import Limits
from tests.arbiter.process import ArbiterProcess, arbiter_process
from tests.servers.redis_server import RedisServer

ROOT = Path(__file__).parents[3]
CONTACTS = 1000
LIMITS = Limits(at_once={"connection east": 30, "tenant acme": 25}, attempts=2)
CONFIG = """
[state]
url = "{url}"
lease = "2s"

[[tenants]]
name = "acme"
max_concurrent = 25

[[connections]]
name = "east"
carrier = "arbiter"
max_concurrent = 30

[[numbers]]
number = "+14155550100"
connection = "east"

[[numbers]]
number = "+14155550101"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"
pool = ["+14155550101"]
contacts = "contacts.csv"
max_attempts = 2
max_ring_seconds = 1
max_call_seconds = 2
retry_after = {{ no_answer = "1s", unknown = "1s" }}
"""


class Daemon:
    """A process, and what it says of itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def dials(self, calls: int) -> None:
        """Wait until it has placed so many calls."""
        assert self.process.stdout is not None
        while calls:
            line = self.process.stdout.readline()
            assert line, f"it ended: {self.process.wait()}"
            calls -= line == "dials\n"

    def ends(self) -> list[str]:
        """Wait for its end; what it said besides its calls."""
        said, _ = self.process.communicate(timeout=100)
        assert self.process.returncode == 0, said[-2000:]
        return [line for line in said.splitlines() if line != "dials"]


@contextmanager
def daemon(folder: Path, name: str, arbiter: ArbiterProcess) -> Iterator[Daemon]:
    process = subprocess.Popen(
        [
            *("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "tests.trunkline.sharing.daemon"),
            *(str(folder / "run.toml"), str(folder / f"{name}.journal"), name, arbiter.socket),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Daemon(process)
    finally:
        process.kill()
        process.communicate()


def test_of_two_daemons_one_is_killed_and_the_other_calls_all_that_are_left(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    (tmp_path / "run.toml").write_text(CONFIG.format(url=redis_server.url))
    rows = (f"c{row},+1212{2000000 + row}" for row in range(CONTACTS))
    (tmp_path / "contacts.csv").write_text("id,phone\n" + "\n".join(rows) + "\n")
    terms = Terms(LIMITS, seed=1, answer_rate=0.6)

    with (
        arbiter_process(tmp_path, terms) as arbiter,
        daemon(tmp_path, "one", arbiter) as one,
        daemon(tmp_path, "two", arbiter) as two,
    ):
        one.dials(150)
        two.dials(100)
        one.process.kill()
        said = two.ends()
        report = arbiter.report()

    assert report["wrong"] == []
    assert report["late"] == []
    assert report["up"] == 0
    assert len(report["tried"]) == CONTACTS
    assert report["by_daemon"].keys() == {"one", "two"}
    assert said[-1] == "ended: finished"
