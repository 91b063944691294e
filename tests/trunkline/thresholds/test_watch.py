"""A failing threshold stops the run in order, by the run's own clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import trio

from runtime.observe.events import Event
from trunkline.config import Config
from trunkline.engine import Engine, RunResult
from trunkline.summary import SummaryCollector
from trunkline.thresholds.watch import ThresholdWatch

Log = list[tuple[float, Event]]


def run(folder: Path, thresholds: dict[str, Any], **campaign: Any) -> tuple[RunResult, ThresholdWatch, Log]:
    """Dial 150 contacts, two at a time, of whom a third answers."""
    rows = "".join(f"{index},+1415555{2000 + index}\n" for index in range(150))
    (folder / "contacts.csv").write_text(f"id,phone\n{rows}")
    config = Config.from_dict(
        {
            "tenants": [{"name": "acme", "max_concurrent": 2}],
            "connections": [{"name": "east", "max_concurrent": 2}],
            "numbers": [{"number": "+14155550100", "connection": "east"}],
            "campaigns": [
                {
                    "name": "spring",
                    "primary": "+14155550100",
                    "contacts": "contacts.csv",
                    "max_attempts": 1,
                    **campaign,
                }
            ],
            "thresholds": thresholds,
            "run": {"drain": "5m"},
        },
        folder=folder,
    )
    log: Log = []
    collector = SummaryCollector()

    async def main() -> tuple[RunResult, ThresholdWatch]:
        sinks = (collector, lambda time, event: log.append((time, event)))
        engine = Engine(config, seed=1, virtual=True, sinks=sinks)
        watch = ThresholdWatch(config.thresholds, collector, engine.system, engine.close)
        engine.observer.subscribe(watch)
        with trio.fail_after(100):
            async with engine:
                return await engine.finished, watch

    result, watch = trio.run(main)
    return result, watch, log


def aborts(must: str, after: str = "10m") -> dict[str, Any]:
    return {"must": must, "abort_on_fail": True, "after": after}


def seconds_of(log: Log, name: str) -> list[float]:
    return [time - log[0][0] for time, event in log if event.event == name]


def test_a_failing_threshold_stops_the_run_when_its_delay_is_over(tmp_path: Path) -> None:
    result, watch, log = run(tmp_path, {"answer_rate": aborts("> 0.9")})

    assert result.reason == "closed"
    assert list(watch.aborted_at.values()) == [600.0]
    assert max(seconds_of(log, "dispatch.granted")) <= 600.0


def test_calls_in_progress_may_end(tmp_path: Path) -> None:
    _, _, log = run(tmp_path, {"answer_rate": aborts("> 0.9")})

    assert len(seconds_of(log, "dispatch.granted")) == len(seconds_of(log, "call.ended"))
    outcomes = [getattr(event, "outcome", None) for time, event in log if time - log[0][0] > 600.0]
    assert [outcome for outcome in outcomes if outcome is not None]
    assert "canceled" not in outcomes


def test_a_threshold_that_begins_to_fail_later_stops_the_run_within_ten_seconds(tmp_path: Path) -> None:
    _, watch, log = run(tmp_path, {"attempts": aborts("< 40")})

    fortieth = sorted(seconds_of(log, "dispatch.granted"))[39]
    (stopped,) = watch.aborted_at.values()
    assert 600.0 < fortieth <= stopped <= fortieth + 10.0


def test_a_threshold_that_holds_stops_nothing(tmp_path: Path) -> None:
    result, watch, _ = run(tmp_path, {"answer_rate": aborts("> 0.05")})

    assert (result.reason, watch.aborted_at) == ("finished", {})


def test_one_that_does_not_abort_is_not_looked_at(tmp_path: Path) -> None:
    result, watch, _ = run(tmp_path, {"answer_rate": "> 0.9"})

    assert (result.reason, watch.aborts) == ("finished", [])


def test_a_figure_without_a_value_yet_fails_nothing(tmp_path: Path) -> None:
    result, watch, _ = run(
        tmp_path, {"answer_rate": aborts(">= 0", after="0s")}, start_at="2026-01-05T02:00:00Z"
    )

    assert (result.reason, watch.aborted_at) == ("finished", {})


def test_equal_runs_stop_at_equal_times(tmp_path: Path) -> None:
    first, second = (run(tmp_path, {"attempts": aborts("< 40")}) for _ in range(2))

    assert first[1].aborted_at == second[1].aborted_at
    assert first[2] == second[2]
