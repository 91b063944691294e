"""Contacts that are added last: the campaign waits until the journal has them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import trio

from runtime.journal.simulated import DiskFaults, SimulatedDisk, SimulatedJournal
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

EAST = "+14155550100"


@pytest.mark.parametrize("latency", [0.0, 0.5])
def test_a_campaign_is_not_over_before_its_last_contacts_are_durable(latency: float) -> None:
    config = Config.from_dict(
        {
            "tenants": [{"name": "acme", "max_concurrent": 9}],
            "connections": [{"name": "east", "max_concurrent": 7}],
            "numbers": [{"number": EAST, "connection": "east"}],
            "campaigns": [{"name": "spring", "primary": EAST, "max_attempts": 1}],
            "scenario": {
                "events": [{"at": "1m", "kind": "contacts_join", "campaign": "spring", "count": 30}]
            },
        }
    )
    disk = SimulatedDisk(Random(1), DiskFaults(latency_seconds=latency))
    log: list[Any] = []

    async def main() -> RunResult:
        async with Engine(
            config,
            seed=1,
            virtual=True,
            journal=SimulatedJournal(disk),
            sinks=(lambda _time, event: log.append(event),),
        ) as engine:
            return await engine.finished

    result = trio.run(main)

    campaign = result.campaigns["spring"]
    assert campaign.rows == campaign.reached + campaign.exhausted == 30
    names = [event.event for event in log]
    assert names.index("campaign.finished") > max(
        place for place, name in enumerate(names) if name in ("dispatch.granted", "contact.finished")
    )
