from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.audience import write_contacts
from bench.dialing import OFFERS_FROM, Size, configure
from bench.dispatch import ALONE, ENGINE, KEPT, PLAIN, THREADS, read
from bench.exchange import engine, plain, threaded
from bench.turns import Stopwatch
from trunkline.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    write_contacts(tmp_path / "contacts.csv", 120)
    return configure(tmp_path, Size(120, at_once=10), max_attempts=1, start_at=OFFERS_FROM)


def test_engine_threads_and_plain_calls_take_the_same_decisions(config: Config) -> None:
    settings, rows = config.settings(simulated=True), read(config)
    threads = threaded.Dispatcher(settings, rows, 7)

    decided = engine.decide(config, 7)

    assert len(decided) == len({one.contact for one in decided}) == 120
    assert plain.Dispatcher(settings, rows, 7).run() == decided
    assert threads.run() == decided
    threads.stop()


def test_another_seed_decides_otherwise(config: Config) -> None:
    assert engine.decide(config, 7) != engine.decide(config, 8)


def test_a_dispatch_takes_a_bounded_number_of_messages(config: Config) -> None:
    dialed = engine.dispatch(config, 7, Stopwatch())
    assert 10 <= dialed.messages / dialed.calls <= 30


def test_it_tells_the_cost_of_each_way_and_the_ratios(quick: Any) -> None:
    figures = quick("dispatch")

    assert [row["way"] for row in figures["rows"]] == [ENGINE, ALONE, THREADS, KEPT, PLAIN]
    ours = figures["rows"][0]
    assert 0 < ours["freed to Place p50 ms"] <= ours["p99 ms"]
    ratios = {ratio["name"]: ratio for ratio in figures["ratios"]}
    assert ratios[f"{THREADS} / {ENGINE}"]["at_least"] == 10
    assert ratios[f"{ENGINE} / {PLAIN}"]["at_most"] == 6
    assert ratios[f"{ENGINE} / {ALONE}, CPU"]["at_most"] == 1.05
    assert ratios[f"{THREADS} / {ENGINE}, CPU"]["value"] > 1
    assert ratios[f"{ENGINE} / {PLAIN}, CPU"]["value"] > 1
