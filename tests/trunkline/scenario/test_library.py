"""Each scenario of the library runs to its end, and what it is named for happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trunkline.audit import Audit
from trunkline.config import Config

LIBRARY = Path(__file__).parents[3] / "examples" / "scenarios"
MINUTE, HOUR = 60.0, 3600.0
LABELLED = "+14155550100"
Scenario = Callable[[str], Any]


@pytest.fixture
def scenario(play: Any) -> Scenario:
    def run(name: str) -> Any:
        config = Config.load(LIBRARY / f"{name}.toml")
        played = play(config)
        assert played.result.reason == "finished"
        assert played.result.unapplied == ()
        assert not played.of("actor.crashed")
        assert broken_rules(played, config) == []
        (campaign,) = played.result.campaigns.values()
        assert campaign.rows == campaign.reached + campaign.exhausted > 0
        return played

    return run


def broken_rules(played: Any, config: Config) -> list[str]:
    """Audit a run from its events alone."""
    began = config.run.start.timestamp()
    audit = Audit()
    for line, (at, event) in enumerate(played.log, start=1):
        audit.feed(line, began + at, event)
    return [str(violation) for violation in audit.finish().violations]


def test_every_scenario_of_the_library_is_tested_here() -> None:
    here = Path(__file__).read_text()

    names = [path.stem for path in LIBRARY.glob("*.toml")]

    assert len(names) >= 8
    assert [name for name in names if f'scenario("{name}")' not in here] == []


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.toml")), ids=lambda path: path.stem)
def test_a_scenario_says_what_it_shows_and_why_each_event_happens(path: Path) -> None:
    events = Config.load(path).scenario

    assert path.read_text().startswith("# ")
    unexplained = [event.kind for event in events if event.reason is None and event.at > 0]
    assert unexplained == []


def test_answer_rate_drops_suddenly(scenario: Scenario) -> None:
    played = scenario("answer-rate-drops")

    before = played.answer_rate(0, 30 * MINUTE, number=LABELLED)
    assert played.answer_rate(32 * MINUTE, HOUR, number=LABELLED) < 0.4 * before
    assert not played.of("number.flagged")
    for other in ("+12125550101", "+13125550102"):
        assert played.answer_rate(32 * MINUTE, HOUR, number=other) > 0.8 * before
    assert played.share(45 * MINUTE, HOUR, LABELLED) < 0.75 * played.share(0, 30 * MINUTE, LABELLED)


def test_removing_the_worst_number_mends_the_answer_rate(scenario: Scenario) -> None:
    played, without = scenario("worst-number-removed"), scenario("answer-rate-drops")

    assert played.share(46 * MINUTE, HOUR, LABELLED) == 0.0
    assert played.answer_rate(47 * MINUTE, HOUR) > without.answer_rate(47 * MINUTE, HOUR)


def test_multiple_numbers_degrade_together(scenario: Scenario) -> None:
    played = scenario("numbers-degrade-together")

    numbers = {event.number: event.connection for _, event in played.of("dispatch.granted")}
    for number, connection in numbers.items():
        after = played.answer_rate(32 * MINUTE, HOUR, number=number)
        assert after < 0.15 if connection == "east" else after > 0.15, (number, connection)
    assert Counter(numbers.values()) == {"east": 3, "west": 3}


def test_the_campaign_stalls_even_with_a_big_pool(scenario: Scenario) -> None:
    played = scenario("stalls-with-a-big-pool")

    ceilings = {event.ceiling for _, event in played.of("pool.capacity")}
    assert max(ceilings) == 2
    assert played.peak(0, 100 * HOUR) == 2
    assert len({event.number for _, event in played.of("dispatch.granted")}) == 12
    hours = {int(at // HOUR) for at, _ in played.of("dispatch.granted")}
    assert not hours & set(range(4, 14)), "no hour of the night from New York to Hawaii"
    assert not hours & set(range(28, 38))
    assert max(hours) >= 24 + 14, "it goes on in the morning"


def test_a_provider_dies_at_noon(scenario: Scenario) -> None:
    played = scenario("provider-dies-at-noon")

    opened, closed = played.of("connection.opened")[0], played.of("connection.closed")[-1]
    assert 12 * HOUR < opened[0] < 12.1 * HOUR
    assert closed[0] > 13 * HOUR
    assert {event.connection for _, event in played.of("connection.opened")} == {"north"}
    assert played.peak(12.2 * HOUR, 12.9 * HOUR, "north") <= 1, "probes only"
    assert played.peak(12.2 * HOUR, 12.9 * HOUR, "east") == 8
    assert played.peak(13.3 * HOUR, 14 * HOUR, "north") == 8


def test_half_of_a_trunk_is_lost_and_comes_back(scenario: Scenario) -> None:
    played = scenario("half-a-trunk")

    changes = [(at, event.limit) for at, event in played.of("connection.limit_changed")]
    assert changes == [(20 * MINUTE, 6), (50 * MINUTE, 12)]
    assert played.peak(0, 20 * MINUTE, "east") == 12
    assert played.peak(26 * MINUTE, 50 * MINUTE, "east") == 6
    assert played.peak(51 * MINUTE, HOUR, "east") == 12


def test_a_carrier_is_congested(scenario: Scenario) -> None:
    played = scenario("carrier-congestion")

    congested = [(at, event) for at, event in played.of("call.ended") if event.cause == "congestion"]
    assert len(congested) > 20
    assert all(15 * MINUTE <= at < 36 * MINUTE and event.connection == "east" for at, event in congested)
    assert {event.connection for _, event in played.of("connection.opened")} == {"east"}
    contacts = played.of("contact.finished")
    assert all(event.result in ("reached", "exhausted") for _, event in contacts)


def test_the_tenant_cap_is_lowered(scenario: Scenario) -> None:
    played = scenario("tenant-cap-lowered")

    assert [(at, event.limit) for at, event in played.of("tenant.cap_changed")] == [
        (15 * MINUTE, 4),
        (45 * MINUTE, 18),
    ]
    assert played.peak(0, 15 * MINUTE) == 18
    assert played.peak(25 * MINUTE, 45 * MINUTE) == 4
    assert played.peak(46 * MINUTE, HOUR) == 18


def test_a_burst_of_contacts_joins(scenario: Scenario) -> None:
    played = scenario("burst-of-contacts")

    before = [at for at, _ in played.of("dispatch.granted") if at < HOUR]
    assert len(before) < 60
    assert max(before) < 40 * MINUTE, "the campaign has nothing left to do, and stays open"
    (campaign,) = played.result.campaigns.values()
    assert campaign.rows == 1050


def test_events_are_lost_and_late(scenario: Scenario) -> None:
    played = scenario("lost-and-late-events")

    assert len(played.of("call.overdue")) > 5
    assert len(played.of("call.late_event")) > 5
    assert played.peak(0, 100 * HOUR) == 10
    grants, ends = len(played.of("dispatch.granted")), len(played.of("call.ended"))
    assert grants == ends


def test_a_person_flags_pauses_and_removes(scenario: Scenario) -> None:
    played = scenario("flag-pause-remove")

    flagged, paused, removed = "+14155550100", "+12125550101", "+13125550102"
    assert played.share(15.1 * MINUTE, HOUR, flagged) == 0.0
    assert played.share(20.1 * MINUTE, 65 * MINUTE, paused) == 0.0
    assert played.share(25.1 * MINUTE, 5 * HOUR, removed) == 0.0
    assert played.share(HOUR, 5 * HOUR, flagged) > 0
    assert played.share(65 * MINUTE, 5 * HOUR, paused) > 0
    reasons = {event.reason for _, event in played.of("contact.sticky_lost")}
    assert {"flagged", "paused", "removed"} <= reasons


def test_the_daemon_restarts(scenario: Scenario) -> None:
    played = scenario("daemon-restarts")

    lives = [(round(at / MINUTE, 1), event.life) for at, event in played.of("engine.recovered")]
    assert [life for _, life in lives] == [2, 3]
    assert lives[0][0] == 10.5
    assert played.peak(0, 10 * MINUTE) == 8
    assert played.peak(0, 100 * HOUR) == 8
    assert not [event for _, event in played.of("call.ended") if event.cause == "congestion"]
