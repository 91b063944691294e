"""An operator's order between any two messages: no rule broken, nobody forgotten, nothing leaked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actors.settings import NumberSettings
from runtime.calls import E164
from tests.trunkline.engine.auditing import audit
from tests.trunkline.engine.stepping import Act, Stepped, run_stepped
from trunkline.engine import Engine

EAST, WEST, BERLIN = "+14155550100", "+442071838750", "+4930901820"
SOON = dict.fromkeys(("no_answer", "busy", "failed", "voicemail", "callback"), 5)

LOSES_ALL = dict.fromkeys(("answer_rate", "voicemail_rate", "busy_rate", "reject_rate"), 0) | {
    "failure_rate": 1
}


def exchange(folder: Path, *campaigns: str) -> dict[str, Any]:
    """Two connections, three numbers, a cap below them, few people in each campaign."""
    names = campaigns or ("spring",)
    for name in names:
        rows = "".join(f"{index},+1212555{index:04d}\n" for index in range(3 if len(names) == 1 else 2))
        (folder / f"{name}.csv").write_text("id,phone\n" + rows)
    return {
        "tenants": [{"name": "acme", "max_concurrent": 2}],
        "connections": [{"name": "east", "max_concurrent": 2}, {"name": "west", "max_concurrent": 2}],
        "numbers": [
            {"number": EAST, "connection": "east", "max_calls_per_day": 50},
            {"number": WEST, "connection": "west", "max_concurrent": 1},
            {"number": BERLIN, "connection": "west"},
        ],
        "campaigns": [
            {
                "name": name,
                "primary": EAST,
                "pool": [WEST, BERLIN],
                "contacts": f"{name}.csv",
                "max_attempts": 2,
                "retry_after": SOON,
                "prefer_country_match": False,
            }
            for name in names
        ],
    }


def at_every_boundary(tables: dict[str, Any], folder: Path, *acts: Act, apart: int = 0) -> list[Stepped]:
    """Run once for each message that there is: before it the first act, `apart` messages on the next."""
    plain = run_stepped(tables, folder)
    assert plain.result.reason == "finished"
    runs = []
    for boundary in range(1, plain.messages):
        run = run_stepped(tables, folder, {boundary + apart * n: act for n, act in enumerate(acts)})
        audit(run.log, tables)
        assert run.left == [], boundary
        runs.append(run)
    return runs


def both(*acts: Act) -> Act:
    def act(engine: Engine) -> None:
        for one in acts:
            one(engine)

    return act


def add_again(engine: Engine) -> None:
    engine.add_number(NumberSettings(E164(EAST), "acme", "east"), campaigns=("spring",))


@pytest.mark.parametrize(
    ("act", "line"),
    [
        (lambda engine: engine.flag(EAST), "number.flagged"),
        (lambda engine: engine.pause_number(WEST), "number.paused"),
        (lambda engine: engine.remove_number(EAST), "number.removed"),
        (lambda engine: engine.remove_number(BERLIN, campaign="spring"), "number.removed"),
        (lambda engine: engine.set_tenant_cap("acme", 1), "tenant.cap_changed"),
        (lambda engine: engine.set_connection_limit("west", 1), "connection.limit_changed"),
    ],
    ids=["flag", "pause", "remove", "leave the pool", "cap", "limit"],
)
def test_what_lowers_lets_the_rest_go_on(tmp_path: Path, act: Act, line: str) -> None:
    for run in at_every_boundary(exchange(tmp_path), tmp_path, act):
        assert run.result.reason == "finished"
        assert len(run.named(line)) == 1


@pytest.mark.parametrize("apart", [1, 6])
@pytest.mark.parametrize(
    ("lower", "lift"),
    [
        (lambda engine: engine.flag(EAST), lambda engine: engine.unflag(EAST)),
        (lambda engine: engine.pause_number(WEST), lambda engine: engine.resume_number(WEST)),
        (lambda engine: engine.remove_number(EAST), add_again),
        (lambda engine: engine.pause("spring"), lambda engine: engine.resume("spring")),
        (
            lambda engine: engine.set_tenant_cap("acme", 1),
            lambda engine: engine.set_tenant_cap("acme", 2),
        ),
        (
            lambda engine: engine.set_connection_limit("east", 1),
            lambda engine: engine.set_connection_limit("east", 2),
        ),
    ],
    ids=["flag", "pause", "remove", "campaign", "cap", "limit"],
)
def test_what_is_lifted_again_stalls_nobody(tmp_path: Path, lower: Act, lift: Act, apart: int) -> None:
    for run in at_every_boundary(exchange(tmp_path), tmp_path, lower, lift, apart=apart):
        assert run.result.reason == "finished"


def test_a_number_that_is_added_again_tells_of_the_flag_that_still_stands(tmp_path: Path) -> None:
    again = both(lambda engine: engine.flag(EAST), lambda engine: engine.remove_number(EAST), add_again)
    for run in at_every_boundary(exchange(tmp_path), tmp_path, again):
        assert [line.settings["status"] for line in run.named("number.added")] == ["spam"]


def test_when_every_number_is_flagged_the_contacts_are_accounted_for(tmp_path: Path) -> None:
    act = both(*(lambda engine, number=number: engine.flag(number) for number in (EAST, WEST, BERLIN)))
    for run in at_every_boundary(exchange(tmp_path), tmp_path, act):
        spring = run.result.campaigns["spring"]
        assert spring.rows == 3 == spring.reached + spring.exhausted + spring.stalled


def test_a_paused_campaign_stalls_and_its_twin_goes_on(tmp_path: Path) -> None:
    tables = exchange(tmp_path, "spring", "summer")
    for run in at_every_boundary(tables, tmp_path, lambda engine: engine.pause("spring")):
        assert run.result.campaigns["summer"].stalled == 0
        assert set(run.result.stalled) <= {"spring"}


def test_a_canceled_campaign_ends_with_everybody_accounted_for(tmp_path: Path) -> None:
    for run in at_every_boundary(exchange(tmp_path), tmp_path, lambda engine: engine.cancel("spring")):
        spring = run.result.campaigns["spring"]
        answered = {event.contact for event in run.named("call.answered")}
        assert spring.rows == 3 == spring.reached + spring.canceled + spring.exhausted
        assert run.result.reason == "finished"
        for end in run.named("contact.finished"):
            assert (end.result == "reached") == (end.contact in answered)


def test_a_canceled_campaign_frees_what_its_twin_needs(tmp_path: Path) -> None:
    tables = exchange(tmp_path, "spring", "summer")  # the same people in both
    for run in at_every_boundary(tables, tmp_path, lambda engine: engine.cancel("spring")):
        summer = run.result.campaigns["summer"]
        assert summer.rows == 2 == summer.reached + summer.exhausted


def test_a_contact_goes_on_whose_last_other_number_is_flagged_as_it_is_tried(tmp_path: Path) -> None:
    tables = exchange(tmp_path)
    for connection in tables["connections"]:
        connection["options"] = LOSES_ALL
    tables["numbers"].pop()
    tables["campaigns"][0] |= {"pool": [WEST], "max_carrier_failures": 2}
    (tmp_path / "spring.csv").write_text("id,phone\n0,+12125550000\n")
    plain = run_stepped(tables, tmp_path)
    first, other = (event.number for event in plain.named("dispatch.granted"))
    assert first != other, "another number is tried at once"

    for run in at_every_boundary(tables, tmp_path, lambda engine: engine.flag(other)):
        assert run.result.reason == "finished"
        assert run.result.campaigns["spring"].exhausted == 1
