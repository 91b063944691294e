"""What an engine does when a part of it is broken for good: it ends, says why, and loses nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trio

from actors.messages import Arrived
from actors.pool.actor import PoolActor
from runtime.contacts import FedRow
from runtime.observe.events import CampaignFinished, Event
from tests.trunkline.engine.pilots import pilot
from trunkline.config import Config
from trunkline.contacts.feed import fed_row
from trunkline.engine import Engine, RunResult


def dial(folder: Path) -> tuple[RunResult, list[Event]]:
    log: list[Event] = []
    (folder / "c.csv").write_text("phone\n+14155551000\n+14155551001\n+14155551002\n")
    config = Config.from_dict(pilot(contacts="c.csv"), folder=folder)

    async def main() -> RunResult:
        sinks = (lambda time, event: log.append(event),)
        with trio.fail_after(20):
            async with Engine(config, seed=1, virtual=True, sinks=sinks) as engine:
                return await engine.finished

    return trio.run(main), log


def test_a_run_ends_whose_contacts_are_in_nobodys_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PoolActor._table, Arrived, lambda pool, message: None)

    result, _ = dial(tmp_path)

    assert result.reason == "failed"
    assert result.failure is not None
    assert "nothing can move the contacts that are left of 'spring'" in result.failure


def test_rows_behind_one_that_raised_are_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def raises_once(row: Any, settings: Any) -> Iterator[FedRow] | FedRow:
        nonlocal count
        count += 1
        if count == 2:
            raise RuntimeError("this row is beyond us")
        return fed_row(row, settings)

    monkeypatch.setattr("trunkline.engine.feeds.fed_row", raises_once)

    result, log = dial(tmp_path)

    assert result.reason == "failed"
    assert not [event for event in log if isinstance(event, CampaignFinished)]
