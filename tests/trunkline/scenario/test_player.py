"""What happens while running: limits for a time, joining contacts, events that never come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio

from runtime.journal.sqlite import SqliteJournal
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

EAST = "+14155550100"


def tables(*events: dict[str, Any], **campaign: Any) -> dict[str, Any]:
    return {
        "tenants": [{"name": "acme", "max_concurrent": 9}],
        "connections": [{"name": "east", "max_concurrent": 7}],
        "numbers": [{"number": EAST, "connection": "east"}],
        "campaigns": [{"name": "spring", "primary": EAST, "max_attempts": 1, **campaign}],
        "scenario": {"events": list(events)},
    }


def joins(count: int, at: str = "0s", **more: Any) -> dict[str, Any]:
    return {"at": at, "kind": "contacts_join", "campaign": "spring", "count": count, **more}


def test_a_limit_for_a_time_is_given_back(play: Any) -> None:
    event = {"at": "1m", "kind": "connection_limit", "connection": "east", "limit": 2, "lasts": "5m"}

    played = play(Config.from_dict(tables(joins(200), event)))

    changes = [(at, event.limit) for at, event in played.of("connection.limit_changed")]
    assert changes == [(60.0, 2), (360.0, 7)]


def test_a_factor_is_of_the_limit_in_force_and_leaves_one_call(play: Any) -> None:
    half = {"kind": "tenant_cap", "factor": 0.5}

    events = [{"at": f"{minute}m", **half} for minute in range(1, 6)]
    played = play(Config.from_dict(tables(joins(300), *events)))

    assert [event.limit for _, event in played.of("tenant.cap_changed")] == [4, 2, 1, 1, 1]


def test_a_limit_that_was_changed_meanwhile_is_left_as_it_is(play: Any) -> None:
    lowered = {"at": "1m", "kind": "tenant_cap", "limit": 2, "lasts": "5m"}
    raised = {"at": "2m", "kind": "tenant_cap", "limit": 5}

    played = play(Config.from_dict(tables(joins(200), lowered, raised)))

    assert [event.limit for _, event in played.of("tenant.cap_changed")] == [2, 5]


def test_joining_contacts_are_valid_distinct_and_of_the_region_asked_for(play: Any) -> None:
    played = play(Config.from_dict(tables(joins(60), joins(500, "1m", region="GB"))))

    phones = {event.to for _, event in played.of("dispatch.granted")}
    assert len(phones) == 560
    assert sum(phone.startswith("+44") for phone in phones) == 500
    assert not played.of("contact.rejected")


def test_contacts_of_a_file_join_and_what_cannot_be_dialed_is_rejected(play: Any, tmp_path: Path) -> None:
    (tmp_path / "first.csv").write_text("id,phone\na,+12125550123\n")
    (tmp_path / "more.csv").write_text("id,phone\nb,+12125550124\nc,+12125550123\nd,nobody\n")
    event = {"at": "1h", "kind": "contacts_join", "campaign": "spring", "contacts": "more.csv"}
    config = Config.from_dict(tables(event, contacts="first.csv"), folder=tmp_path)

    played = play(config)

    assert played.result.campaigns["spring"].rows == 4
    assert [event.reason for _, event in played.of("contact.rejected")] == ["duplicate_phone", "letters"]
    dialed = {event.contact: at for at, event in played.of("dispatch.granted")}
    assert dialed["a"] < 60
    assert dialed["b"] >= 3600


def test_made_up_contacts_have_no_phone_that_is_there_already(play: Any, tmp_path: Path) -> None:
    first = play(Config.from_dict(tables(joins(50))))
    phones = sorted({event.to for _, event in first.of("dispatch.granted")})
    rows = "".join(f"x{row},{phone}\n" for row, phone in enumerate(phones))
    (tmp_path / "contacts.csv").write_text("id,phone\n" + rows)

    played = play(Config.from_dict(tables(joins(50, "1s"), contacts="contacts.csv"), folder=tmp_path))

    assert len({event.to for _, event in played.of("dispatch.granted")}) == 100


def test_each_event_has_its_line_in_the_log(play: Any) -> None:
    label = {"at": "1m", "kind": "label_number", "number": EAST, "lasts": "10m", "reason": "complaints"}

    played = play(Config.from_dict(tables(joins(200), label)))

    (_, first), (at, second) = played.of("scenario.applied")
    assert (first.kind, first.what) == ("contacts_join", "spring: 200 contacts")
    assert (at, second.kind, second.what, second.lasts_seconds) == (60.0, "label_number", EAST, 600.0)
    assert second.reason == "complaints"


def test_an_event_whose_time_never_came_is_told(play: Any) -> None:
    late = {"at": "9h", "kind": "flag_number", "number": EAST}

    played = play(Config.from_dict(tables(joins(5), late)))

    (left,) = played.result.unapplied
    assert (left.at, left.kind, left.what, left.reason) == (32400.0, "flag_number", EAST, "the run had ended")


def test_contacts_for_a_campaign_that_was_canceled_do_not_join(play: Any) -> None:
    events = [
        joins(30),
        {"at": "1m", "kind": "cancel_campaign", "campaign": "spring"},
        joins(30, "1h"),
    ]
    config = tables(*events)
    config["campaigns"].append({"name": "autumn", "primary": EAST})
    config["scenario"]["events"].append(
        {"at": "2h", "kind": "contacts_join", "campaign": "autumn", "count": 3}
    )

    played = play(Config.from_dict(config))

    (left,) = played.result.unapplied
    assert (left.kind, left.reason) == ("contacts_join", "campaign spring had ended")
    assert played.result.campaigns["autumn"].rows == 3


def test_a_campaign_that_is_kept_open_stays_so_after_contacts_have_joined(play: Any) -> None:
    config = tables(joins(30), keep_open=True)

    played = play(Config.from_dict(config))

    assert played.result.campaigns["spring"].rows == 30
    assert played.result.reason == "finished"


def test_the_same_seed_plays_the_same_scenario(play: Any) -> None:
    config = Config.from_dict(tables(joins(100), {"at": "1m", "kind": "tenant_cap", "factor": 0.3}))

    assert play(config, 3).log == play(config, 3).log
    assert play(config, 3).log != play(config, 4).log


@pytest.mark.parametrize("source", ["made up", "a file"])
def test_contacts_that_were_joining_at_a_crash_join_in_the_next_life(tmp_path: Path, source: str) -> None:
    rows = "".join(f"x{row},+1212555{row:04d}\n" for row in range(1000))
    (tmp_path / "more.csv").write_text("id,phone\n" + rows)
    event = joins(1000) if source == "made up" else {**joins(0), "contacts": "more.csv"}
    if source == "a file":
        del event["count"]
    ended: list[str] = []
    rejected: list[str] = []

    def live(start: str) -> RunResult:
        config = Config.from_dict(tables(event), folder=tmp_path, overrides={"start": start})
        journal = SqliteJournal(tmp_path / "journal.db")

        def hear(_time: float, said: Any) -> None:
            if said.event == "scenario.applied":
                engine.close(drain=0)
            elif said.event == "contact.finished":
                ended.append(said.contact)
            elif said.event == "contact.rejected":
                rejected.append(said.reason)

        engine = Engine(config, seed=1, virtual=True, sinks=(hear,), journal=journal)

        async def main() -> RunResult:
            async with engine:
                return await engine.finished

        return trio.run(main)

    first = live("2026-01-05T00:00:00Z")
    taken = len(ended)
    second = live("2026-01-05T01:00:00Z")

    assert (first.reason, second.reason) == ("closed", "finished")
    assert taken < 1000
    assert second.campaigns["spring"].rows == 1000
    assert len(set(ended)) == len(ended) == 1000
    assert rejected == []
    assert second.unapplied == ()
