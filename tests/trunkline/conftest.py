"""A small campaign whose two numbers differ, dialed in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio

from trunkline.config import Config
from trunkline.engine import Engine, RunResult
from trunkline.summary import Summary, SummaryCollector, summarize

Run = Callable[..., Summary]


@pytest.fixture(scope="session")
def small_run() -> Run:
    """Dial a small campaign and give its summary; keywords are a campaign's options."""

    def dial(seed: int = 1, count: int = 400, **campaign: Any) -> Summary:
        numbers = ["+14155550100", "+12125550101"]
        config = Config.from_dict(
            {
                "tenants": [{"name": "acme", "max_concurrent": 20}],
                "connections": [{"name": "east", "max_concurrent": 20}],
                "numbers": [
                    {"number": numbers[0], "connection": "east", "simulated": {"answer_rate": 0.55}},
                    {"number": numbers[1], "connection": "east", "simulated": {"answer_rate": 0.05}},
                ],
                "campaigns": [{"name": "spring", "primary": numbers[0], "pool": numbers[1:], **campaign}],
                "scenario": {
                    "events": [{"at": 0, "kind": "contacts_join", "campaign": "spring", "count": count}]
                },
            }
        )
        collector = SummaryCollector()

        async def main() -> RunResult:
            async with Engine(config, seed=seed, virtual=True, sinks=(collector,)) as engine:
                return await engine.finished

        result = trio.run(main)
        return summarize(collector, run=result.run, seed=seed, reason=result.reason)

    return dial
