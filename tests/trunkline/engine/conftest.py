"""Dial a configuration in virtual time, and audit the run from its events alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio

from tests.trunkline.engine.auditing import Log, audit
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

Dial = Callable[..., tuple[RunResult, Log]]


@pytest.fixture
def dial(tmp_path: Path) -> Dial:
    """Run tables over phone numbers for each campaign; audit, and return result and log."""

    def run(tables: dict[str, Any], phones: dict[str, list[Any]], seed: int = 1) -> tuple[RunResult, Log]:
        for campaign in tables["campaigns"]:
            people = [(one, "") if isinstance(one, str) else one for one in phones[campaign["name"]]]
            rows = "\n".join(f"{index},{phone},{zone}" for index, (phone, zone) in enumerate(people))
            (tmp_path / f"{campaign['name']}.csv").write_text(f"id,phone,timezone\n{rows}\n")
            campaign["contacts"] = f"{campaign['name']}.csv"
        config = Config.from_dict(tables, folder=tmp_path)
        log: Log = []

        async def main() -> RunResult:
            sinks = (lambda time, event: log.append((time, event)),)
            with trio.fail_after(30):
                async with Engine(config, seed=seed, virtual=True, sinks=sinks) as engine:
                    return await engine.finished

        result = trio.run(main)
        audit(log, tables)
        return result, log

    return run
