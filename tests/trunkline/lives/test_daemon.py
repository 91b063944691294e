"""A simulated daemon over several lives: nobody is lost, nothing is told twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import trio

from runtime.errors import ConfigError
from trunkline.audit import Audit
from trunkline.config import Config
from trunkline.engine import Engine, RunResult
from trunkline.lives import Daemon, simulation

EAST = "+14155550100"
KINDS = ("daemon_crashes", "daemon_restarts")


def tables(*events: dict[str, Any], count: int = 200, **campaign: Any) -> dict[str, Any]:
    joins = {"at": "0s", "kind": "contacts_join", "campaign": "spring", "count": count}
    return {
        "tenants": [{"name": "acme", "max_concurrent": 9}],
        "connections": [{"name": "east", "max_concurrent": 7, "options": {"real_limit": 7}}],
        "numbers": [{"number": EAST, "connection": "east"}],
        "campaigns": [{"name": "spring", "primary": EAST, "max_attempts": 2, **campaign}],
        "scenario": {"events": [joins, *events]},
    }


def ends(kind: str, at: str = "5m", lasts: str = "30s") -> dict[str, Any]:
    return {"at": at, "kind": kind, "lasts": lasts}


class Lived(NamedTuple):
    result: RunResult
    log: list[tuple[float, Any]]
    violations: list[str]

    def of(self, *names: str) -> list[tuple[float, Any]]:
        return [(at, event) for at, event in self.log if event.event in names]

    def digest(self) -> str:
        lines = (f"{at!r} {event.event}".encode() + msgspec.json.encode(event) for at, event in self.log)
        return hashlib.sha256(b"\n".join(lines)).hexdigest()


def live(written: dict[str, Any], seed: int = 1, close_at: float | None = None) -> Lived:
    config = Config.from_dict(written)
    began = config.run.start.timestamp()
    log: list[tuple[float, Any]] = []

    async def main() -> RunResult:
        async with simulation(
            config, seed, (lambda time, event: log.append((time - began, event)),)
        ) as daemon:
            if close_at is not None:
                daemon.system.call_later(close_at, daemon.close)
            return await daemon.finished

    result, audit = trio.run(main), Audit()
    for line, (at, event) in enumerate(log, start=1):
        audit.feed(line, began + at, event)
    return Lived(result, log, [str(one) for one in audit.finish().violations])


def most_in_progress(lived: Lived) -> int:
    up = most = 0
    for _, event in lived.of("dispatch.granted", "call.ended"):
        up += 1 if event.event == "dispatch.granted" else -1
        most = max(most, up)
    assert up == 0
    return most


def test_a_run_whose_daemon_never_restarts_is_one_engine() -> None:
    assert isinstance(simulation(Config.from_dict(tables()), 1, ()), Engine)
    assert isinstance(simulation(Config.from_dict(tables(ends("daemon_crashes"))), 1, ()), Daemon)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_run_goes_on_and_accounts_for_every_contact(kind: str, seed: int) -> None:
    lived = live(tables(ends(kind), ends(kind, "12m", "3m")), seed)

    assert lived.result.reason == "finished"
    assert [event.life for _, event in lived.of("engine.recovered")] == [2, 3]
    (campaign,) = lived.result.campaigns.values()
    assert campaign.rows == campaign.reached + campaign.exhausted + campaign.canceled == 200
    told = Counter(event.contact for _, event in lived.of("contact.finished"))
    assert len(told) == 200
    assert set(told.values()) == {1}
    assert lived.violations == []


def test_nothing_is_logged_while_the_daemon_is_away() -> None:
    lived = live(tables(ends("daemon_crashes", lasts="90s")))

    assert [event.event for at, event in lived.log if 300.0 < at < 390.0] == []
    ((at, recovered),) = lived.of("engine.recovered")
    assert at == 390.0
    assert recovered.in_doubt == 7


def test_calls_in_doubt_keep_their_slots() -> None:
    lived = live(tables(ends("daemon_crashes", lasts="1s"), ends("daemon_crashes", "8m", "1s")))

    assert [event.in_doubt for _, event in lived.of("engine.recovered")] == [7, 7]
    assert most_in_progress(lived) == 7
    causes = Counter(event.cause for _, event in lived.of("call.ended"))
    assert causes["congestion"] == 0, "the carrier has never had more than its limit"
    assert causes["gone"] + causes["in_doubt"] < 7, "most were still up, and were heard to their end"


def test_an_ordered_end_leaves_no_call_in_doubt() -> None:
    lived = live(tables(ends("daemon_restarts")))

    assert [event.reason for _, event in lived.of("engine.stopped")] == ["closed", "finished"]
    assert [event.in_doubt for _, event in lived.of("engine.recovered")] == [0]


def test_a_call_that_nobody_is_left_to_hang_up_is_ended_by_the_carrier() -> None:
    written = tables(ends("daemon_crashes", lasts="5s"))
    written["connections"][0]["options"] |= {"answer_rate": 0.0, "voicemail_rate": 0.0}

    lived = live(written)

    by_carrier = [
        event for _, event in lived.of("call.ended") if (event.outcome, event.cause) == ("no_answer", None)
    ]
    assert by_carrier
    assert all(event.ring_seconds <= 46.0 for event in by_carrier)
    assert not [event for _, event in lived.of("call.ended") if event.cause == "in_doubt"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_log(kind: str) -> None:
    one, two = (live(tables(ends(kind))) for _ in range(2))

    assert len(one.log) > 500
    assert one.digest() == two.digest()


def test_a_limit_for_a_time_is_given_back_in_the_next_life() -> None:
    lowered = {"at": "4m", "kind": "connection_limit", "connection": "east", "limit": 2, "lasts": "6m"}

    lived = live(tables(lowered, ends("daemon_crashes")))

    assert [(at, event.limit) for at, event in lived.of("connection.limit_changed")] == [
        (240.0, 2),
        (600.0, 7),
    ]


def test_what_an_operator_does_while_the_daemon_is_away_happens_when_it_is_back() -> None:
    pause = {"at": "6m", "kind": "pause_campaign", "campaign": "spring"}
    resume = {"at": "20m", "kind": "resume_campaign", "campaign": "spring"}

    lived = live(tables(ends("daemon_crashes", lasts="5m"), pause, resume))

    assert [at for at, _ in lived.of("campaign.paused")] == [600.0]
    assert not [at for at, _ in lived.of("dispatch.granted") if 600.0 < at < 1200.0]


def test_a_restart_while_the_daemon_is_away_never_happened() -> None:
    lived = live(tables(ends("daemon_crashes", lasts="5m"), ends("daemon_restarts", "6m")))

    (left,) = lived.result.unapplied
    assert (left.at, left.kind, left.reason) == (360.0, "daemon_restarts", "the daemon was away")


def test_a_restart_after_the_run_has_ended_never_happened() -> None:
    lived = live(tables(ends("daemon_crashes", "900h")))

    (left,) = lived.result.unapplied
    assert (left.kind, left.what, left.reason) == (
        "daemon_crashes",
        "the daemon crashes",
        "the run had ended",
    )


def test_a_daemon_can_crash_while_it_ends_in_order() -> None:
    lived = live(tables(ends("daemon_restarts"), ends("daemon_crashes", "310s")))

    assert [event.reason for _, event in lived.of("engine.stopped")] == ["finished"]
    ((at, recovered),) = lived.of("engine.recovered")
    assert at == 340.0
    assert recovered.in_doubt > 0
    assert lived.violations == []


def test_a_daemon_that_ends_in_order_is_not_told_to_twice() -> None:
    lived = live(tables(ends("daemon_restarts"), ends("daemon_restarts", "310s")))

    (left,) = lived.result.unapplied
    assert (left.at, left.reason) == (310.0, "the daemon was ending already")
    assert len(lived.of("engine.recovered")) == 1


@pytest.mark.parametrize("close_at", [100.0, 310.0, 400.0])
def test_a_run_can_be_closed_in_any_life_and_between_two(close_at: float) -> None:
    lived = live(tables(ends("daemon_crashes", lasts="60s")), close_at=close_at)

    assert lived.result.reason == "closed"
    ((stopped, event),) = lived.of("engine.stopped")
    assert event.reason == "closed"
    assert all(at <= stopped for at, _ in lived.log)
    assert most_in_progress(lived) <= 7


def test_contacts_of_a_file_are_taken_once(tmp_path: Path) -> None:
    rows = "".join(f"c{row},+1212555{row:04}\n" for row in range(100, 400))
    (tmp_path / "contacts.csv").write_text("id,phone\n" + rows)
    written = tables(ends("daemon_crashes", "1m"), count=10)
    written["campaigns"][0]["contacts"] = str(tmp_path / "contacts.csv")

    lived = live(written)

    assert lived.result.campaigns["spring"].rows == 310
    assert lived.violations == []


def test_contacts_from_standard_input_can_not_be_read_by_a_next_life() -> None:
    with pytest.raises(ConfigError, match=r"events\[1\]\.kind: .*standard input"):
        Config.from_dict(tables(ends("daemon_crashes"), contacts="-"))


def test_an_engine_of_its_own_can_not_be_restarted() -> None:
    config = Config.from_dict(tables(ends("daemon_crashes")))

    async def main() -> RunResult:
        async with Engine(config, seed=1, virtual=True) as engine:
            return await engine.finished

    (left,) = trio.run(main).unapplied
    assert left.reason == "only a simulated daemon can"
