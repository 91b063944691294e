"""An actor that crashes: named in the log, no slot leaked, nobody forgotten, no limit passed."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio

from runtime.observe.events import Event
from tests.trunkline.engine.crashing import Crashes, Raise, after, audit_with_crashes, before, crashed, within
from tests.trunkline.engine.stepping import what_is_held
from tests.trunkline.engine.test_boundaries import exchange
from trunkline.config import Config
from trunkline.engine import Engine, RunResult


class Ran:
    """What came of a run."""

    def __init__(self, result: RunResult, log: list[tuple[float, Event]], left: list[str]) -> None:
        self.result = result
        self.log = log
        self.left = left


def dial(tables: dict[str, Any], folder: Path, crashes: Crashes, seed: int = 1) -> Ran:
    """Dial in virtual time, crashing what `crashes` picks."""
    log: list[tuple[float, Event]] = []
    config = Config.from_dict(tables, folder=folder)

    async def run() -> Ran:
        sinks = (lambda time, event: log.append((time, event)),)
        engine = Engine(config, seed=seed, virtual=True, sinks=sinks)
        crashes.install(engine)
        with trio.fail_after(60):
            async with engine:
                result = await engine.finished
                await engine.system.until_idle()
                return Ran(result, log, what_is_held(engine))

    return trio.run(run)


@pytest.mark.parametrize("seed", range(30))
def test_crashes_at_any_message_break_no_rule(tmp_path: Path, seed: int) -> None:
    tables = exchange(tmp_path)
    random = Random(seed)
    places: dict[int, Raise] = {
        random.randrange(150): fault for fault in (before, after, within(random.randrange(1, 12)))
    }
    count = 0

    def choose(_actor: Any, _message: Any) -> Raise | None:
        nonlocal count
        count += 1
        return places.get(count)

    crashes = Crashes(choose)
    run = dial(tables, tmp_path, crashes, seed)

    assert run.result.reason == "finished"
    audit_with_crashes(run.log, tables)
    assert run.left == []
    named = [(event.actor.split()[0], event.message) for event in crashed(run.log)]
    assert set(named) <= set(crashes.hits)
    assert len(named) >= len(crashes.hits) - 1, "the fault within may find fewer calls than it waits for"
