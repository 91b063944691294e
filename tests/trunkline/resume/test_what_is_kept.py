"""What a second life finds: calls in doubt, changes, due times, weights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trio

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers import Report
from runtime.errors import JournalContradicted
from runtime.observe.events import CallEnded, DispatchGranted, Event
from tests.runtime.journal.kept import KeptDisk, KeptJournal
from trunkline.config import Config
from trunkline.engine import Engine

LOG = list[tuple[float, Event]]
PHONES = [f"+1415555{2000 + number}" for number in range(6)]
NUMBERS = ["+14155550100", "+14155550101"]
START = "2026-01-05T00:00:00Z"
LATER = "2026-01-05T00:00:05Z"


class SilentLine:
    """A line that reports what it is told to, and nothing by itself."""

    def __init__(self) -> None:
        self.placed: list[CallRequest] = []
        self.hung_up: list[CallId] = []
        self.reports: dict[CallId, Report] = {}

    def place(self, request: CallRequest, report: Report) -> None:
        self.placed.append(request)
        self.reports[request.call] = report

    def hang_up(self, call: CallId) -> None:
        self.hung_up.append(call)

    def end(self, call: CallId, outcome: Outcome) -> None:
        answered = outcome is Outcome.ANSWERED
        if answered:
            self.reports[call](CallEvent(call, CallProgress.ANSWERED))
        self.reports[call](CallEvent(call, CallProgress.ENDED, outcome, ring_seconds=1.0))


def tables(**campaign: Any) -> dict[str, Any]:
    return {
        "tenants": [{"name": "acme", "max_concurrent": 2}],
        "connections": [{"name": "east", "max_concurrent": 5}],
        "numbers": [{"number": number, "connection": "east"} for number in NUMBERS],
        "campaigns": [
            {
                "name": "spring",
                "primary": NUMBERS[0],
                "pool": NUMBERS,
                "contacts": "c.csv",
                "max_ring_seconds": 20,
                "max_call_seconds": 100,
                **campaign,
            }
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"c{index},{phone}\n" for index, phone in enumerate(PHONES))
    (tmp_path / "c.csv").write_text(f"id,phone\n{rows}")
    return tmp_path


class Leave(Exception):
    """The process is gone."""


def live(
    config: Config,
    disk: KeptDisk,
    line: Any,
    during: Callable[[Engine, LOG], Awaitable[None]],
    *,
    frozen: bool = False,
) -> LOG:
    """Live until `during` returns, then die without a word; `frozen` lets no time pass."""
    disk.dies_after = None
    log: LOG = []

    async def main() -> None:
        sinks = (lambda time, event: log.append((time, event)),)
        with trio.fail_after(20):
            async with Engine(
                config,
                seed=1,
                virtual=True,
                sinks=sinks,
                lines={"east": line},
                journal=KeptJournal(disk),
                ends_when_stalled=False,
            ) as engine:
                hold = engine.system.outside_request() if frozen else None
                await during(engine, log)
                disk.dies_after = len(disk.records)
                if hold is not None:
                    hold.release()
                raise Leave

    with pytest.raises(Leave):
        trio.run(main)
    return log


def of(log: LOG, kind: type[Event]) -> list[Any]:
    return [event for _, event in log if type(event) is kind]


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await trio.lowlevel.checkpoint()


def config_of(folder: Path, start: str = START, /, **campaign: Any) -> Config:
    made = tables(**campaign)
    made["run"] = {"start": start}
    return Config.from_dict(made, folder=folder)


async def nothing(engine: Engine, log: LOG) -> None:
    """Do nothing: the process dies as it has started."""


def test_a_call_in_doubt_keeps_slots_number_and_phone_until_it_must_be_over(folder: Path) -> None:
    disk, first, second = KeptDisk(), SilentLine(), SilentLine()

    async def place_two(engine: Engine, log: LOG) -> None:
        await until(lambda: len(first.placed) == 2)

    live(config_of(folder), disk, first, place_two, frozen=True)

    async def wait_for_ends(engine: Engine, log: LOG) -> None:
        await until(lambda: len(of(log, CallEnded)) >= 2)
        await until(lambda: second.placed)

    log = live(config_of(folder, LATER), disk, second, wait_for_ends)

    doubted = [request.call for request in first.placed]
    ends = [(time, event) for time, event in log if isinstance(event, CallEnded)][:2]
    start = config_of(folder).run.start.timestamp()
    over_by = 10 + 20 + 100 + 10
    assert [event.call for _, event in ends] == doubted
    assert {event.outcome for _, event in ends} == {"unknown"}
    assert all(time - start == pytest.approx(over_by, abs=0.1) for time, _ in ends)
    assert second.hung_up[:2] == doubted
    first_grant = next(time for time, event in log if isinstance(event, DispatchGranted))
    assert first_grant >= ends[0][0], "the tenant's two slots were taken by the calls in doubt"


def test_a_carrier_that_says_that_a_call_is_over_frees_its_slots_at_once(folder: Path) -> None:
    class KnowingLine(SilentLine):
        def adopt(self, calls: Any, report: Report) -> None:
            for call in calls:
                self.reports[call] = report
                self.end(call, Outcome.BUSY)

    disk, first, second = KeptDisk(), SilentLine(), KnowingLine()

    async def place_two(engine: Engine, log: LOG) -> None:
        await until(lambda: len(first.placed) == 2)

    async def wait_for_grants(engine: Engine, log: LOG) -> None:
        await until(lambda: len(second.placed) >= 2)

    live(config_of(folder), disk, first, place_two, frozen=True)
    log = live(config_of(folder, LATER), disk, second, wait_for_grants)

    assert [event.outcome for event in of(log, CallEnded)[:2]] == ["busy", "busy"]
    assert {request.contact for request in second.placed[:2]} == {"c2", "c3"}


class LosingLine(SilentLine):
    """A line that loses each call but the last ones, before it rings."""

    def __init__(self, loses: int) -> None:
        super().__init__()
        self._loses = loses

    def place(self, request: CallRequest, report: Report) -> None:
        super().place(request, report)
        if len(self.placed) <= self._loses:
            self.lose(request.call)

    def adopt(self, calls: Any, report: Report) -> None:
        for call in calls:
            self.reports[call] = report
            self.lose(call)

    def lose(self, call: CallId) -> None:
        self.reports[call](CallEvent(call, CallProgress.ENDED, Outcome.FAILED))


def test_a_call_in_doubt_that_was_lost_is_followed_by_one_from_a_number_not_tried_yet(folder: Path) -> None:
    (folder / "c.csv").write_text(f"id,phone\nc0,{PHONES[0]}\n")
    made = tables(pool=[*NUMBERS, "+14155550102"])
    made["numbers"].append({"number": "+14155550102", "connection": "east"})
    config = Config.from_dict(made | {"run": {"start": START}}, folder=folder)
    disk, first, second = KeptDisk(), LosingLine(loses=1), LosingLine(loses=0)

    async def lose_one_and_place_another(engine: Engine, log: LOG) -> None:
        await until(lambda: len(first.placed) == 2)

    async def place_the_third(engine: Engine, log: LOG) -> None:
        await until(lambda: second.placed)

    live(config, disk, first, lose_one_and_place_another)
    live(config, disk, second, place_the_third)

    numbers = [request.number for request in (*first.placed, *second.placed)]
    assert len(set(numbers)) == len(numbers) == 3


def test_a_retry_keeps_its_due_time_and_its_sticky_number(folder: Path) -> None:
    disk, first, second = KeptDisk(), SilentLine(), SilentLine()
    retry: dict[str, Any] = {"retry_after": {"completed": 600}, "max_concurrent": 1}

    async def answer_one(engine: Engine, log: LOG) -> None:
        await until(lambda: first.placed)
        first.end(first.placed[0].call, Outcome.ANSWERED)
        await until(lambda: of(log, CallEnded))

    before = live(config_of(folder, **retry), disk, first, answer_one, frozen=True)
    ended_at = next(time for time, event in before if isinstance(event, CallEnded))

    async def end_all(engine: Engine, log: LOG) -> None:
        seen = 0
        while not any(request.contact == "c0" for request in second.placed):
            await trio.lowlevel.checkpoint()
            if len(second.placed) > seen:
                request = second.placed[seen]
                seen += 1
                if request.contact != "c0":
                    second.end(request.call, Outcome.REJECTED)

    log = live(config_of(folder, LATER, **retry), disk, second, end_all)

    again = next(
        (time, event) for time, event in log if isinstance(event, DispatchGranted) and event.contact == "c0"
    )
    assert again[0] >= ended_at + 600
    assert again[0] == pytest.approx(ended_at + 600, abs=150), "no later than the call in doubt before it"
    assert (again[1].attempt, again[1].tier) == (2, "sticky")
    assert again[1].number == first.placed[0].number


def test_weights_are_as_they_were(folder: Path) -> None:
    disk, first, second = KeptDisk(), SilentLine(), SilentLine()

    async def end_all(engine: Engine, log: LOG) -> None:
        for turn in range(6):
            await until(lambda turn=turn: len(first.placed) > turn)  # type: ignore[misc]  # bound at once
            outcome = Outcome.VOICEMAIL if turn % 3 else Outcome.ANSWERED
            first.end(first.placed[turn].call, outcome)
        await until(lambda: len(of(log, CallEnded)) == 6)
        weights.append(weights_of(engine))

    async def look(engine: Engine, log: LOG) -> None:
        weights.append(weights_of(engine))

    weights: list[dict[str, float]] = []
    live(config_of(folder), disk, first, end_all, frozen=True)
    live(config_of(folder, LATER), disk, second, look)

    assert weights[0] == weights[1]
    assert len(set(weights[0].values())) == 2


def weights_of(engine: Engine) -> dict[str, float]:
    pool = engine._roster.pools["acme"]._actor_weakref()
    assert pool is not None
    campaign = pool.campaigns["spring"]
    return {number: campaign.weight(number) for number in NUMBERS}


def test_flags_pauses_caps_and_added_numbers_hold_over_a_restart(folder: Path) -> None:
    from actors.settings import NumberSettings
    from runtime.calls import E164

    disk, first, second = KeptDisk(), SilentLine(), SilentLine()
    added = NumberSettings(number=E164("+14155550111"), tenant="acme", connection="east")

    async def change(engine: Engine, log: LOG) -> None:
        await engine.pause("spring")
        await engine.flag(NUMBERS[0], reason="complaints")
        await engine.pause_number(NUMBERS[1])
        await engine.set_tenant_cap("acme", 1)
        await engine.add_number(added, campaigns=("spring",))

    live(config_of(folder, start_at="2026-01-05T00:00:02Z"), disk, first, change, frozen=True)

    async def look(engine: Engine, log: LOG) -> None:
        pool: Any = engine._roster.pools["acme"]._actor_weakref()
        assert pool.campaigns["spring"].paused
        assert pool.numbers[NUMBERS[0]].status == "spam"
        assert pool.numbers[NUMBERS[1]].status == "paused"
        assert pool.tenant_allowance.limit == 1
        await engine.resume("spring")
        await until(lambda: second.placed)

    live(config_of(folder, LATER, start_at="2026-01-05T00:00:02Z"), disk, second, look)

    assert {request.number for request in second.placed} == {"+14155550111"}


@pytest.mark.parametrize(("status", "lift"), [("spam", Engine.unflag), ("paused", Engine.resume_number)])
def test_a_configured_bar_that_was_lifted_while_running_stays_lifted(
    folder: Path, status: str, lift: Callable[[Engine, str], Awaitable[object]]
) -> None:
    made = tables()
    made["numbers"][0]["status"] = status
    config = Config.from_dict({**made, "run": {"start": START}}, folder=folder)
    disk, line = KeptDisk(), SilentLine()

    async def lift_it(engine: Engine, log: LOG) -> None:
        await lift(engine, NUMBERS[0])

    async def look(engine: Engine, log: LOG) -> None:
        pool: Any = engine._roster.pools["acme"]._actor_weakref()
        assert pool.numbers[NUMBERS[0]].status == "active"

    live(config, disk, line, lift_it, frozen=True)
    live(config, disk, line, look)


def test_a_canceled_campaign_stays_canceled_and_each_contact_ends_once(folder: Path) -> None:
    disk, first, second = KeptDisk(), SilentLine(), SilentLine()
    finished: list[str] = []

    async def cancel(engine: Engine, log: LOG) -> None:
        await until(lambda: len(first.placed) == 2)
        await engine.cancel("spring")
        await until(lambda: len([one for _, one in log if one.event == "contact.finished"]) == 4)

    async def end(engine: Engine, log: LOG) -> None:
        result = await engine.finished
        assert result.campaigns["spring"].canceled == 6
        assert result.campaigns["spring"].rows == 6

    for line, during, start in ((first, cancel, START), (second, end, LATER)):
        log = live(config_of(folder, start), disk, line, during, frozen=during is cancel)
        finished += [event.contact for _, event in log if event.event == "contact.finished"]  # type: ignore[attr-defined]  # looked at by its name

    assert second.placed == []
    assert sorted(finished) == [f"c{number}" for number in range(6)]


def test_one_campaign_alone_is_refused_while_calls_of_another_are_in_doubt(folder: Path) -> None:
    made = tables()
    made["campaigns"].append({**made["campaigns"][0], "name": "summer", "max_attempts": 1})
    config = Config.from_dict(made, folder=folder)
    disk, line = KeptDisk(), SilentLine()

    async def place_two(engine: Engine, log: LOG) -> None:
        await until(lambda: len(line.placed) == 2)

    live(config, disk, line, place_two, frozen=True)

    other = "summer" if line.placed[0].campaign == "spring" else "spring"
    with pytest.raises(JournalContradicted, match="in doubt"):
        Engine(config, journal=KeptJournal(disk), virtual=True, campaign=other)
