"""A campaign in virtual time, and its figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio

from runtime.observe.observer import Sink
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.summary import Summary, SummaryCollector, summarize

Summarize = Callable[..., Summary]


def tables(**campaign: Any) -> dict[str, Any]:
    return {
        "tenants": [{"name": "acme", "max_concurrent": 3}],
        "connections": [
            {"name": "east", "max_concurrent": 4, "options": {"answer_rate": 0.5}},
            {"name": "west", "max_concurrent": 3, "options": {"answer_rate": 0.2}},
        ],
        "numbers": [
            {"number": "+14155550100", "connection": "east"},
            {"number": "+442071838750", "connection": "west"},
            {"number": "+4930901820", "connection": "west", "status": "spam"},
        ],
        "campaigns": [
            {
                "name": "spring",
                "primary": "+14155550100",
                "pool": ["+442071838750", "+4930901820"],
                "contacts": "contacts.csv",
                **campaign,
            }
        ],
    }


@pytest.fixture
def run(tmp_path: Path) -> Summarize:
    """Run tables over some contacts, and work out the summary."""

    def run(tables: dict[str, Any], *sinks: Sink, contacts: int = 60, seed: int = 1) -> Summary:
        rows = "".join(f"{index},+1415555{2000 + index}\n" for index in range(contacts))
        (tmp_path / "contacts.csv").write_text(f"id,phone\n{rows}bad,no number\n")
        config = Config.from_dict(tables, folder=tmp_path)
        collector = SummaryCollector()

        async def main() -> Summary:
            with trio.fail_after(60):
                async with Engine(config, seed=seed, virtual=True, sinks=(collector, *sinks)) as engine:
                    result = await engine.finished
            return summarize(
                collector, run=result.run, seed=result.seed, reason=result.reason, repeat="trunkline …"
            )

        return trio.run(main)

    return run
