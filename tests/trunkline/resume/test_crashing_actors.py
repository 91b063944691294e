"""Actors that crash in a run that keeps a journal, as it begins and as it goes on."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trio

import actors.campaign.reading as reading_module
import actors.campaign.taking_over as taking_over_module
from actors.pool.actor import PoolActor
from actors.pool.weights import AnswerRate, counts
from runtime.calls import Outcome
from runtime.journal.entries import Ended, Rows
from runtime.observe import events
from runtime.observe.events import Event
from tests.runtime.journal.kept import KeptDisk, KeptJournal
from tests.trunkline.engine.crashing import Crashes, Raise, after, as_called, before, crashed, within
from tests.trunkline.resume.test_restarts import CONTACTS, TABLES
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

ADDED = 3
KINDS = (
    "CampaignActor-AddContacts",
    "CampaignActor-AttemptEnded",
    "CampaignActor-Conclude",
    "CampaignActor-Load",
    "CampaignActor-ReadOn",
    "CampaignActor-Sweep",
    "CampaignActor-TakeRows",
    "ConnectionActor-Adopt",
    "ConnectionActor-Hold",
    "PoolActor-Hold",
    "PoolActor-Release",
    "PoolActor-Waiting",
    "TenantActor-Hold",
)
"""What is told only where a journal is kept, and what must be counted once."""

FAULTS: dict[str, Raise] = {"before": before, "after": after} | {
    f"within {call}": within(call) for call in (2, 5, 9)
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A campaign that is fed and taken over in many turns, and one that is canceled."""
    monkeypatch.setattr(reading_module, "ROWS_A_TURN", 7)
    monkeypatch.setattr(taking_over_module, "ROWS_A_TURN", 9)
    rows = "".join(f"c{number},+1415555{2000 + number}\n" for number in range(CONTACTS))
    (tmp_path / "c.csv").write_text(f"id,phone\n{rows}bad,no phone\n")
    (tmp_path / "d.csv").write_text("id,phone\n" + rows.replace("+1415", "+1212"))
    spring = TABLES["campaigns"][0] | {"keep_open": True}
    summer = spring | {"name": "summer", "contacts": "d.csv", "keep_open": False}
    return Config.from_dict(TABLES | {"campaigns": [spring, summer]}, folder=tmp_path)


class Killed(Exception):
    """The process is gone."""


class Life:
    """What came of one life."""

    def __init__(self, config: Config, disk: KeptDisk, crashes: Crashes | None = None) -> None:
        self.log: list[tuple[float, Event]] = []
        self.result: RunResult | None = None
        self.rates: dict[tuple[str, str], AnswerRate] = {}
        self._config, self._disk, self._crashes = config, disk, crashes
        with suppress(Killed):
            trio.run(self._live)

    async def _live(self) -> None:
        sinks = (lambda time, event: self.log.append((time, event)),)
        journal = KeptJournal(self._disk)
        engine = Engine(self._config, seed=1, virtual=True, sinks=sinks, journal=journal)
        if self._crashes is not None:
            self._crashes.install(engine)
        with trio.fail_after(30):
            async with engine:
                engine.system.call_later(1, self._order, engine)
                while not engine.finished_already:
                    await trio.lowlevel.checkpoint()
                    if self._disk.dead:
                        raise Killed
                self.result = await engine.finished
                for actor in engine.system.living.values():
                    if isinstance(actor, PoolActor):
                        for campaign in actor.campaigns.values():
                            self.rates |= {(campaign.name, one): rate for one, rate in campaign.rates.items()}

    def _order(self, engine: Engine) -> None:
        if engine.life == 1:
            people = [{"id": f"added{one}", "phone": f"+1646555{one:04d}"} for one in range(ADDED)]
            engine.add_contacts("spring", people)
        else:
            engine.cancel("summer")
        engine.close_campaign("spring")


def crash_at(kind: str, fault: Raise) -> Crashes:
    """Crash the first message of a kind, and one in the middle of a run."""
    count = 0

    def choose(actor: Any, message: Any) -> Raise | None:
        nonlocal count
        if f"{type(actor).__name__}-{type(message).__name__}" != kind:
            return None
        count += 1
        return fault if count in (1, 4) else None

    return Crashes(choose)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_crash_in_either_life_loses_nobody_and_counts_everything_once(
    config: Config, kind: str, fault: str
) -> None:
    disk, crashes = KeptDisk(), crash_at(kind, FAULTS[fault])
    disk.dies_after = 90

    first = Life(config, disk, crashes)
    disk.dies_after = None
    second = Life(config, disk, crashes)

    assert crashes.hits
    assert second.result is not None
    assert second.result.reason == "finished", second.result.failure
    log = [*first.log, *second.log]
    assert len(crashed(log)) <= len(crashes.hits)
    taken = Counter(
        (entry.campaign, getattr(row, "contact", "bad"))
        for entry in disk.entries()
        if isinstance(entry, Rows)
        for row in entry.rows
    )
    assert max(taken.values()) == 1
    assert len(taken) == 2 * CONTACTS + 1 + ADDED
    finished = Counter(
        (event.campaign, event.contact) for _, event in log if isinstance(event, events.ContactFinished)
    )
    assert finished == Counter({who: 1 for who in taken if who[1] != "bad"})
    ends = [event for _, event in log if isinstance(event, events.CampaignFinished)]
    assert sorted((str(one.campaign), one.rows, one.rejected) for one in ends) == [
        ("spring", CONTACTS + ADDED + 1, 1),
        ("summer", CONTACTS, 0),
    ]
    assert_statistics_are_the_outcomes(disk, second.rates)


@pytest.mark.parametrize("function", ["AnswerRate.record", "Cell.weigh"])
def test_an_outcome_counts_once_when_its_pool_crashes_as_it_counts_it(config: Config, function: str) -> None:
    disk = KeptDisk()
    crashes = crash_at("PoolActor-Release", as_called(function))

    life = Life(config, disk, crashes)

    assert [event.error for event in crashed(life.log)] == 2 * [f"Fault('as {function} is called')"]
    assert_statistics_are_the_outcomes(disk, life.rates)


def assert_statistics_are_the_outcomes(disk: KeptDisk, rates: dict[tuple[str, str], AnswerRate]) -> None:
    expected: dict[tuple[str, str], AnswerRate] = {}
    for entry in disk.entries():
        answered = counts(Outcome(entry.line.outcome)) if isinstance(entry, Ended) else None
        if answered is not None:
            assert isinstance(entry, Ended)
            key = str(entry.line.campaign), str(entry.line.number)
            expected.setdefault(key, AnswerRate()).record(answered, 2.0 ** (-1.0 / 500))
    assert {key: pytest.approx(one.counted) for key, one in expected.items()} == {
        key: rates[key].counted for key in expected
    }
