"""Processes that deal one campaign out by a real Redis; a neutral arbiter takes the calls."""

from __future__ import annotations

import json
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
max_call_seconds = 3
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
            calls -= line.startswith("dials")

    def weighs(self) -> float:
        """Wait for its first call; gives the weight that the number had."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("weighs "), f"{line!r}: {self.process.poll()}"
        return float(line.split()[1])

    def ends(self) -> list[str]:
        """Wait for its end; what it said besides its calls."""
        said, _ = self.process.communicate(timeout=100)
        assert self.process.returncode == 0, said[-2000:]
        return said.splitlines()


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


def write_fleet(folder: Path, server: RedisServer, contacts: int) -> None:
    (folder / "run.toml").write_text(CONFIG.format(url=server.url))
    rows = (f"c{row},+1212{2000000 + row}" for row in range(contacts))
    (folder / "contacts.csv").write_text("id,phone\n" + "\n".join(rows) + "\n")


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Give a command to the fleet."""
    name, *others = words
    line = [sys.executable, "-m", "trunkline", name, str(folder / "run.toml"), *others]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


def test_of_two_daemons_one_is_killed_and_the_other_calls_all_that_are_left(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    write_fleet(tmp_path, redis_server, CONTACTS)
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


def test_a_daemon_that_joins_and_one_that_restarts_draw_by_what_the_fleet_has_counted(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    write_fleet(tmp_path, redis_server, CONTACTS)
    slow = Terms(LIMITS, seed=1, answer_rate=1.0, talk=(1.5, 2.5))  # enough is left for who joins late

    with arbiter_process(tmp_path, slow) as arbiter:
        with daemon(tmp_path, "one", arbiter) as one:
            alone = one.weighs()
            one.dials(150)
            with daemon(tmp_path, "two", arbiter) as two:
                joined = two.weighs()
                two.dials(20)
        with daemon(tmp_path, "one", arbiter) as again:
            restarted = again.weighs()

    assert alone == 0.2  # before any result
    assert joined > 0.6
    assert restarted > 0.6


def test_what_an_operator_commands_is_in_force_at_every_daemon_when_the_command_ends(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    write_fleet(tmp_path, redis_server, 500)

    with (
        arbiter_process(tmp_path, Terms(LIMITS, seed=1, answer_rate=0.6, talk=(1.0, 2.0))) as arbiter,
        daemon(tmp_path, "one", arbiter) as one,
        daemon(tmp_path, "two", arbiter) as two,
    ):
        one.dials(20)
        two.dials(20)
        flagged = command(tmp_path, "flag", "+14155550100", "--reason", "complaints")
        capped = command(tmp_path, "cap", "12", "--connection", "east", "--json")
        said = one.ends(), two.ends()

    assert (flagged.returncode, flagged.stdout) == (0, "in force at 2 daemons\n"), flagged.stderr
    assert capped.returncode == 0
    assert json.loads(capped.stdout)["in_force"] is True
    for lines in said:
        flagged_at = lines.index("number.flagged ")
        assert "dials +14155550100" not in lines[flagged_at:]
        assert "dials +14155550101" in lines[flagged_at:]
        assert "connection.limit_changed 12" in lines


def test_a_command_that_follows_a_loss_at_once_is_in_force_at_every_daemon_that_is_live(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    write_fleet(tmp_path, redis_server, 300)
    number = "+14155550101"

    with (
        arbiter_process(tmp_path, Terms(LIMITS, seed=1, answer_rate=0.6, talk=(1.0, 2.0))) as arbiter,
        daemon(tmp_path, "one", arbiter) as one,
    ):
        one.dials(20)
        for word in ("flag", "unflag"):
            assert command(tmp_path, word, number).returncode == 0
        redis_server.restart()
        flagged = command(tmp_path, "flag", number)
        said = one.ends()

    assert (flagged.returncode, flagged.stdout) == (0, "in force at 1 daemon\n"), flagged.stderr
    last_flagged = len(said) - 1 - said[::-1].index("number.flagged ")
    assert f"dials {number}" not in said[last_flagged:]
    assert "number.unflagged " not in said[last_flagged:]
    assert "dials +14155550100" in said[last_flagged:]


def test_a_command_says_what_it_does_not_know_and_whom_it_cannot_reach(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    write_fleet(tmp_path, redis_server, 300)

    unknown = command(tmp_path, "flag", "+14155550199")
    nothing = command(tmp_path, "pause")
    no_time = command(tmp_path, "pause", "--campaign", "spring", "--within", "nan")
    alone = command(tmp_path, "pause", "--campaign", "spring")
    redis_server.kill()
    away = command(tmp_path, "resume", "--campaign", "spring")

    assert (unknown.returncode, unknown.stderr) == (2, "trunkline: no number '+14155550199'\n")
    assert (nothing.returncode, nothing.stderr) == (
        2,
        "trunkline: name a --campaign or a --number, one of the two\n",
    )
    assert no_time.returncode == 2
    assert "--within" in no_time.stderr
    assert (alone.returncode, alone.stdout) == (0, "in force at 0 daemons\n")
    assert away.returncode == 1
    assert away.stderr.startswith("trunkline: the shared state doesn't answer: ")
