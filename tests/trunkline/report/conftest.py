"""Runs in virtual time, and their reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trio

from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.report import Timeline, render_report
from trunkline.summary import Summary, SummaryCollector, summarize
from trunkline.summary.figures import ThresholdFigures

HOSTILE = "</script><b>spring & \u2028"
"""A campaign's name that would end a script element, if it were let."""


class Report(NamedTuple):
    """A run's page and what it was made from."""

    html: str
    summary: Summary
    timeline: Timeline
    counted: SummaryCollector


def tables(*, connections: int = 3, numbers: int = 5, name: str = "spring") -> dict[str, Any]:
    routes = [f"route-{index}" for index in range(connections)]
    pool = [f"+1415555{100 + index:04}" for index in range(numbers)]
    return {
        "tenants": [{"name": "acme", "max_concurrent": 3 * connections - 1}],
        "connections": [{"name": route, "max_concurrent": 3} for route in routes],
        "numbers": [
            {"number": number, "connection": routes[index % connections]} for index, number in enumerate(pool)
        ],
        "campaigns": [{"name": name, "primary": pool[0], "pool": pool, "contacts": "contacts.csv"}],
        "scenario": {
            "events": [
                {"at": "1m", "kind": "flag_number", "number": pool[-1], "reason": "</script>labelled"},
                {"at": "2m", "kind": "connection_limit", "connection": routes[0], "limit": 1},
            ]
        },
    }


def make_report(folder: Path, tables: dict[str, Any], *, contacts: int = 150) -> Report:
    rows = "".join(f"{index},+1415555{2000 + index}\n" for index in range(contacts))
    (folder / "contacts.csv").write_text(f"id,phone\n{rows}")
    config = Config.from_dict(tables, folder=folder)
    counted, timeline = SummaryCollector(), Timeline()

    async def main() -> Summary:
        with trio.fail_after(100):
            async with Engine(config, seed=1, virtual=True, sinks=(counted, timeline)) as engine:
                result = await engine.finished
        return summarize(
            counted,
            run=result.run,
            seed=result.seed,
            reason=result.reason,
            repeat="trunkline simulate '</script>.toml' --seed 1",
            warnings=["a warning that says </script>"],
        )

    summary = trio.run(main)
    threshold = ThresholdFigures(
        threshold="answer_rate > 0.99", figure="answer_rate", value=0.3, passed=False, aborted_at=None
    )
    summary.thresholds.append(threshold)
    return Report(render_report(summary, timeline, counted), summary, timeline, counted)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a run whose campaign has a hostile name."""
    return make_report(tmp_path_factory.mktemp("report"), tables(name=HOSTILE.strip("\u2028").strip()))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(html: str) -> Path:
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        return path

    return write
