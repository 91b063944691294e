"""Virtual time in which nothing goes on costs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio

from tests.trunkline.engine.pilots import US, pilot
from trunkline.config import Config
from trunkline.engine import Engine


def dial(folder: Path, start_at: str) -> tuple[int, list[Any]]:
    """Dial five contacts; how many messages that took, and the log."""
    (folder / "people.csv").write_text("phone\n" + "\n".join(US[:5]))
    config = Config.from_dict(pilot(start_at=start_at, contacts="people.csv"), folder=folder)
    log: list[Any] = []

    async def main() -> int:
        sinks = (lambda _time, event: log.append(event),)
        async with Engine(config, seed=1, virtual=True, sinks=sinks) as engine:
            await engine.finished
            return engine.system.statistics().messages_handled

    return trio.run(main), log


def test_a_year_before_a_campaign_begins_takes_no_more_messages_than_an_hour(tmp_path: Path) -> None:
    in_an_hour, _ = dial(tmp_path, "2026-01-05T01:00:00Z")
    in_a_year, _ = dial(tmp_path, "2027-01-05T01:00:00Z")

    assert in_a_year == in_an_hour


@pytest.mark.parametrize("start_at", ["2026-01-05T00:00:00Z", "2026-01-05T01:00:30Z"])
def test_its_tables_are_told_each_minute_from_then_on(tmp_path: Path, start_at: str) -> None:
    _, log = dial(tmp_path, start_at)
    events = [event.event for event in log]

    minutes = round(next(event.seconds for event in log if event.event == "campaign.finished") // 60)
    assert minutes > 100
    assert events.count("number.weights") == minutes
