"""Real runs in virtual time, as events and as the lines of their log."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import trio

from runtime.observe.events import Event
from runtime.observe.log import EventLog, LogLevel
from runtime.observe.log_file import LogFile
from trunkline.audit import Audit, Report
from trunkline.config import Config
from trunkline.engine import Engine

Entry = tuple[float, Event]
Entries = list[Entry]
Simulate = Callable[..., Entries]

EAST, YORK, LONDON, BERLIN = "+14155550100", "+12125550111", "+442071838750", "+4930901820"
CALIFORNIANS = [f"+1415555{index:04d}" for index in range(1000)]
NEW_YORKERS = [f"+1212555{index:04d}" for index in range(1000)]
BRITONS = [f"+44207183{index:04d}" for index in range(1000)]
FRENCH = [f"+3314268{index:04d}" for index in range(1000)]


def tables(**campaign: Any) -> dict[str, Any]:
    """Four numbers over two connections; one campaign with these options."""
    return {
        "tenants": [{"name": "acme", "max_concurrent": 12}],
        "connections": [
            {"name": "east", "max_concurrent": 10},
            {"name": "west", "max_concurrent": 6, "max_calls_per_second": 2},
        ],
        "numbers": [
            {"number": EAST, "connection": "east"},
            {"number": YORK, "connection": "east", "max_concurrent": 4},
            {"number": LONDON, "connection": "west", "max_concurrent": 4},
            {"number": BERLIN, "connection": "west"},
        ],
        "campaigns": [{"name": "spring", "primary": EAST, "pool": [YORK, LONDON, BERLIN], **campaign}],
    }


def judge(entries: Iterable[Entry], **options: Any) -> Report:
    """Audit a run's events."""
    audit = Audit(**options)
    for line, (time, event) in enumerate(entries, start=1):
        audit.feed(line, time, event)
    return audit.finish()


def written(entries: Iterable[Entry], level: LogLevel = LogLevel.INFO) -> bytes:
    """Write a run's events as the log has them."""
    lines = io.BytesIO()
    log = EventLog(LogFile(lines, "memory"), level=level)
    for time, event in entries:
        if log.wants(type(event)):
            log(time, event)
    return lines.getvalue()


@pytest.fixture(scope="module")
def simulate(tmp_path_factory: pytest.TempPathFactory) -> Simulate:
    """Run tables over phone numbers of each campaign; rows may have a timezone."""

    def run(config: dict[str, Any], phones: dict[str, list[str]], seed: int = 1) -> Entries:
        folder = tmp_path_factory.mktemp("run")
        for campaign in config["campaigns"]:
            rows = [f"{index},{phone}" for index, phone in enumerate(phones[campaign["name"]])]
            (folder / f"{campaign['name']}.csv").write_text("id,phone,timezone\n" + "\n".join(rows) + "\n")
            campaign["contacts"] = f"{campaign['name']}.csv"
        entries: Entries = []

        async def main() -> None:
            sinks = (lambda time, event: entries.append((time, event)),)
            with trio.fail_after(30):
                loaded = Config.from_dict(config, folder=folder)
                async with Engine(loaded, seed=seed, virtual=True, sinks=sinks) as engine:
                    await engine.finished

        trio.run(main)
        return entries

    return run
