"""Kill a real dialer at random moments; a carrier that outlives it judges."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from runtime.journal.entries import Ended, Intent
from runtime.journal.sqlite.file import open_to_read
from runtime.journal.sqlite.journal import numbered_entries, verify
from tests.arbiter.__main__ import Terms
from tests.arbiter.arbiter import Limits
from tests.arbiter.process import arbiter_process

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("TRUNKLINE_KILLS", "6"))
CONTACTS = 10 * KILLS
LONGEST_SECONDS = 120 + 6 * KILLS
"""What the last life may take: most of the contacts are left to it, and the machine may be busy."""

MAX_ATTEMPTS = 3
LIMITS = {
    "tenant acme": 6,
    "connection east": 3,
    "connection west": 4,
    "number +14155550100": 2,
    "number +14155550101": 2,
}
CONFIG = """
[[tenants]]
name = "acme"
max_concurrent = 6

[[connections]]
name = "east"
carrier = "outside"
max_concurrent = 3

[[connections]]
name = "west"
carrier = "outside"
max_concurrent = 4

[[numbers]]
number = "+14155550100"
connection = "east"
max_concurrent = 2

[[numbers]]
number = "+14155550101"
connection = "east"
max_concurrent = 2

[[numbers]]
number = "+442071838750"
connection = "west"

[[campaigns]]
name = "spring"
primary = "+14155550100"
pool = ["+14155550101", "+442071838750"]
contacts = "contacts.csv"
prefer_country_match = false
max_ring_seconds = 1
max_call_seconds = 5
max_attempts = 3

[campaigns.retry_after]
no_answer = 0.3
failed = 0.3
unknown = 0.3
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"c{number},+1415555{2000 + number}\n" for number in range(CONTACTS))
    (tmp_path / "contacts.csv").write_text(f"id,phone\n{rows}")
    (tmp_path / "run.toml").write_text(CONFIG)
    return tmp_path


def dialer(folder: Path, socket: str) -> subprocess.Popen[bytes]:
    with (folder / "errors").open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.kill.daemon", str(folder), socket],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=environment(),
        )


def kill_when_it_dials(process: subprocess.Popen[bytes], log: Path, seconds: float) -> bool:
    """Kill a dialer some time after its log has grown; False where it has ended before."""
    size = log.stat().st_size if log.exists() else 0
    deadline = time.monotonic() + LONGEST_SECONDS
    while process.poll() is None and not (log.exists() and log.stat().st_size > size):
        assert time.monotonic() < deadline, "it didn't dial"
        time.sleep(0.005)
    time.sleep(seconds)
    alive = process.poll() is None
    process.kill()
    process.wait()
    return alive


@pytest.mark.timeout(2 * LONGEST_SECONDS + 10 * KILLS)
def test_a_dialer_that_is_killed_at_random_moments_keeps_every_limit_and_forgets_nobody(
    folder: Path,
) -> None:
    seed = Random().randrange(1 << 32)
    (folder / "seed").write_text(str(seed))
    random = Random(seed)
    limits = Limits(LIMITS, attempts=MAX_ATTEMPTS)
    terms = Terms(limits, seed, talk=(0.05, 0.5), long_rate=0.25, long=(2.5, 2.5))
    killed = 0
    with arbiter_process(folder, terms) as arbiter:
        for _ in range(KILLS):
            process = dialer(folder, arbiter.socket)
            killed += kill_when_it_dials(process, folder / "run.log", random.uniform(0.0, 0.8))
        last = dialer(folder, arbiter.socket)
        try:
            assert last.wait(timeout=LONGEST_SECONDS) == 0, (folder / "errors").read_text()
        finally:
            last.kill()
        report = arbiter.report()

    assert killed >= min(KILLS, 3)
    assert report["wrong"] == [], f"seed {seed}"
    assert report["up"] == 0
    judge_journal(folder / "run.journal", report)
    judge_log(folder / "run.log")


def judge_journal(path: Path, report: dict[str, Any]) -> None:
    """Each call that the carrier saw was intended, and each intent has one end."""
    _, _, recovered = verify(path)
    connection = open_to_read(path)
    entries = [entry for _, entry in numbered_entries(connection, path)]
    connection.close()
    intents = Counter(entry.call for entry in entries if isinstance(entry, Intent))
    ends = Counter(entry.call for entry in entries if isinstance(entry, Ended))
    assert recovered is not None
    assert recovered.in_doubt == ()
    assert set(report["calls"]) <= set(intents)
    assert set(report["calls"]) <= set(ends)
    assert set(intents.values()) == {1}
    assert set(ends.values()) == {1}
    states = recovered.campaigns["spring"].contacts
    assert len(states) == CONTACTS
    assert {state.result for state in states.values()} <= {"reached", "exhausted"}
    assert max(state.attempts for state in states.values()) <= MAX_ATTEMPTS


def judge_log(path: Path) -> None:
    """Each grant, each end and each contact's end stands in the log once, over all lives."""
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
    grants = Counter(line["call"] for line in lines if line["event"] == "dispatch.granted")
    ends = Counter(line["call"] for line in lines if line["event"] == "call.ended")
    finished = Counter(line["contact"] for line in lines if line["event"] == "contact.finished")
    assert set(grants.values()) == {1}
    assert ends == grants
    assert finished == Counter({f"c{number}": 1 for number in range(CONTACTS)})
