"""The doctor beside a running engine."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import trio
from msgspec.structs import replace

from bench.ailments.campaigns import ONSET, VICTIM, Ailment, configure, number
from runtime.kernel import TrioFuture
from runtime.observe.events import Advice, DispatchGranted, NumberRested, NumberResting
from tests.trunkline.doctor.conftest import Dial, ailment
from trunkline import Engine, Finding


@pytest.mark.parametrize(
    "name",
    ["all numbers flagged", "paused by a person", "no number of a country", "slots leak", "tenant cap binds"],
)
def test_what_is_wrong_is_said_once_when_it_begins(dial: Dial, name: str) -> None:
    one = ailment(name)

    said = [event for event in dial(replace(one, contacts=700)).of(Advice) if not event.over]

    keys = [(event.kind, event.cause, event.subject) for event in said]
    assert (one.kind, one.cause) in {key[:2] for key in keys}
    assert len(keys) == len(set(keys))
    for event in said:
        assert event.evidence
        assert event.suggestion


def test_what_is_over_is_said_once_more(dial: Dial) -> None:
    said = dial(replace(ailment("paused by a person"), contacts=700)).of(Advice)

    (begun, over) = [event for event in said if event.cause == "paused"]
    assert (begun.over, over.over) == (False, True)
    assert begun.severity == "info"
    assert over.evidence["seconds"] >= ONSET / 4


def collapse(auto: bool, share: float = 0.5) -> Ailment:
    """Let a number's answers stop after 25 minutes, in a pool of its country's numbers."""

    def inflict(data: dict[str, Any], draws: random.Random) -> None:
        number(data, VICTIM)["simulated"]["changes"] = [{"at": 1500.0, "answer_rate": 0.0}]
        campaign = data["campaigns"][0]
        campaign["auto_quarantine"] = auto
        campaign["max_resting_share"] = share
        campaign["quarantine"] = "20m"
        campaign["max_concurrent"] = 80

    return Ailment("collapse", None, None, inflict, VICTIM, 1500.0, 3500)


def test_auto_quarantine_rests_a_number_that_dropped_and_tries_it_again(dial: Dial) -> None:
    run = dial(collapse(auto=True))

    rests = [(time, event) for time, event in run.events if isinstance(event, NumberResting | NumberRested)]
    assert {event.number for _, event in rests} == {VICTIM}
    assert {event.by for _, event in rests} == {"doctor"}
    assert isinstance(rests[0][1], NumberResting)
    assert isinstance(rests[1][1], NumberRested)
    assert rests[1][0] - rests[0][0] == pytest.approx(1200.0, abs=1.0)
    assert isinstance(rests[2][1], NumberResting), "the trial failed"
    grants = [
        time for time, event in run.events if isinstance(event, DispatchGranted) and event.number == VICTIM
    ]
    assert not [time for time in grants if rests[0][0] < time < rests[1][0]]
    on_trial = [time for time in grants if rests[1][0] <= time <= rests[2][0]]
    assert 10 <= len(on_trial) <= 150, "a few calls decide"
    if len(rests) > 3:
        assert rests[3][0] - rests[2][0] == pytest.approx(2400.0, abs=1.0)


def test_without_auto_quarantine_the_doctor_only_advises(dial: Dial) -> None:
    run = dial(collapse(auto=False))

    assert [event.subject for event in run.of(Advice) if event.kind == "answer_rate_drop"][:1] == [VICTIM]
    assert run.of(NumberResting) == []


def test_no_more_of_the_pool_rests_than_max_resting_share(dial: Dial) -> None:
    run = dial(collapse(auto=True, share=0.05))

    assert [event.subject for event in run.of(Advice) if event.kind == "answer_rate_drop"][:1] == [VICTIM]
    assert run.of(NumberResting) == [], "one of twelve numbers is more than a twentieth"


def test_without_the_doctor_nothing_is_advised(dial: Dial) -> None:
    def inflict(data: dict[str, Any], draws: random.Random) -> None:
        ailment("no number of a country").inflict(data, draws)
        data["run"] = {"doctor": False}

    assert dial(Ailment("unwatched", None, None, inflict, contacts=700)).of(Advice) == []


def test_an_application_can_ask_what_is_wrong_now(tmp_path: Path) -> None:
    config = configure(replace(ailment("no number of a country"), contacts=700), tmp_path, 1)
    asked: list[list[Finding]] = []

    async def run() -> None:
        async with Engine(config, virtual=True, seed=1) as engine:
            engine.system.call_later(1800.0, lambda: found.append(engine.findings("spring")))
            await engine.finished
            asked.append(await found[0])

    found: list[TrioFuture[list[Finding]]] = []
    trio.run(run)

    assert ("thin_coverage", "DE") in {(one.kind.value, one.subject) for one in asked[0]}


def test_when_the_engine_has_stopped_the_doctor_is_silent(dial: Dial) -> None:
    run = dial(replace(ailment("all numbers flagged"), contacts=700))

    names = [event.event for _, event in run.events]
    assert "advice" in names
    assert "advice" not in names[names.index("campaign.finished") :]
