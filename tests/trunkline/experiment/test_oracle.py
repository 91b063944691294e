"""Regret: what somebody who knew the true answer rates would have lost less."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.observe import events
from trunkline.config import Config
from trunkline.experiment.oracle import RegretMeter, TrueRates

GOOD, BAD, BRITISH = "+12125550101", "+14155550100", "+442071838750"


def config(**changed: Any) -> Config:
    tables: dict[str, Any] = {
        "tenants": [{"name": "acme", "max_concurrent": 9}],
        "connections": [
            {"name": "east", "max_concurrent": 2},
            {"name": "west", "max_concurrent": 2},
        ],
        "numbers": [
            {"number": GOOD, "connection": "east", "simulated": {"answer_rate": 0.5}},
            {"number": BAD, "connection": "west", "simulated": {"answer_rate": 0.1}},
            {"number": BRITISH, "connection": "west", "simulated": {"answer_rate": 0.6}},
        ],
        "campaigns": [{"name": "spring", "primary": GOOD, "pool": [BAD, BRITISH]}],
        **changed,
    }
    return Config.from_dict(tables)


class Log:
    """Feeds a meter with the events of a made-up run."""

    def __init__(self, made: Config) -> None:
        self.meter = RegretMeter(TrueRates(made), 0.0)
        self.calls = 0
        self.say(
            0.0,
            events.CampaignStarted,
            settings={},
            numbers=[
                {"number": number, "connection": connection, "max_concurrent": limit, "status": "active"}
                for number, connection, limit in (
                    (GOOD, "east", 1),
                    (BAD, "west", None),
                    (BRITISH, "west", None),
                )
            ],
            connections=[{"name": name, "max_concurrent": 2} for name in ("east", "west")],
            ceiling=4,
            tenant_cap=9,
            contacts=None,
        )

    def say(self, at: float, kind: Any, **fields: Any) -> None:
        self.meter(at, kind(tenant="acme", campaign="spring", **fields))

    def grant(self, at: float, number: str, tier: str = "country", *, probe: bool = False) -> float:
        """Grant a call to an American and give what it adds to the regret."""
        before = self.meter.regret
        self.calls += 1
        self.say(
            at,
            events.DispatchGranted,
            call=f"call-{self.calls}",
            contact=str(self.calls),
            attempt=1,
            to="+13125550199",
            party=None,
            region="US",
            zones=["America/Chicago"],
            timezone=None,
            number=number,
            connection="east" if number == GOOD else "west",
            tier=tier,
            spilled=None,
            probe=probe,
            weight=0.3,
            share=0.5,
            candidates=2,
            connection_in_use=1,
            connection_limit=2,
            tenant_in_use=1,
            tenant_cap=9,
            number_in_use=1,
            number_limit=None,
            waited_seconds=0.0,
        )
        return self.meter.regret - before

    def end(self, at: float, number: str) -> None:
        self.say(
            at,
            events.CallEnded,
            call="",
            contact="",
            number=number,
            connection="east" if number == GOOD else "west",
            outcome="busy",
            disposition=None,
            ring_seconds=None,
            talk_seconds=None,
            cause=None,
        )


@pytest.fixture
def log() -> Log:
    return Log(config())


def test_the_best_number_has_no_regret(log: Log) -> None:
    assert log.grant(1.0, GOOD) == 0.0
    assert log.meter.calls == 1


def test_a_worse_number_costs_the_difference_of_the_true_rates(log: Log) -> None:
    assert log.grant(1.0, BAD) == pytest.approx(0.4)


def test_a_number_of_another_tier_could_not_have_been_drawn(log: Log) -> None:
    assert log.grant(1.0, BAD, "country") == pytest.approx(0.4)
    assert log.grant(2.0, BAD, "pool") == pytest.approx(0.5), "from the full pool the British one could"


def test_a_number_that_is_full_costs_nothing(log: Log) -> None:
    log.grant(1.0, GOOD)
    assert log.grant(2.0, BAD) == 0.0
    log.end(3.0, GOOD)
    assert log.grant(4.0, BAD) == pytest.approx(0.4)


def test_a_number_whose_connection_is_full_costs_nothing(log: Log) -> None:
    log.say(0.5, events.ConnectionLimitChanged, connection="west", limit=1, by="api")
    log.grant(1.0, BAD)
    assert log.grant(2.0, GOOD, "pool") == 0.0, "the British number has no slot left"


@pytest.mark.parametrize(
    ("barred", "lifted"),
    [
        (events.NumberFlagged, events.NumberUnflagged),
        (events.NumberPaused, events.NumberResumed),
        (events.NumberResting, events.NumberRested),
    ],
)
def test_a_number_that_may_not_be_dialed_costs_nothing(log: Log, barred: Any, lifted: Any) -> None:
    log.say(1.0, barred, number=GOOD, by="api")
    assert log.grant(2.0, BAD) == 0.0
    log.end(2.5, BAD)
    log.say(3.0, lifted, number=GOOD, by="api")
    assert log.grant(4.0, BAD) == pytest.approx(0.4)


def test_a_removed_number_costs_nothing(log: Log) -> None:
    log.say(1.0, events.NumberRemoved, number=GOOD, by="api")
    assert log.grant(2.0, BAD) == 0.0


def test_numbers_behind_an_open_breaker_cost_nothing(log: Log) -> None:
    log.say(1.0, events.ConnectionOpened, connection="east", limit=2, by="breaker", reason="faults")
    assert log.grant(2.0, BAD) == 0.0


def test_who_had_no_choice_is_left_out(log: Log) -> None:
    assert log.grant(1.0, BAD, "sticky") == 0.0
    assert log.grant(2.0, BAD, probe=True) == 0.0
    assert log.meter.calls == 0


def test_true_rates_follow_the_scenario_and_outages() -> None:
    made = config(
        scenario={
            "events": [
                {"at": 10, "kind": "label_number", "number": GOOD, "lasts": 10},
                {"at": 50, "kind": "connection_down", "connection": "east", "lasts": 10},
            ]
        }
    )

    rates = TrueRates(made)

    assert [rates.of(GOOD, "east", at) for at in (5, 15, 25, 55, 65)] == [0.5, 0.03, 0.5, 0.0, 0.5]
    assert rates.of(BAD, "west", 55) == 0.1
