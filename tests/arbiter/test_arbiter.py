"""The arbiter finds whatever passes a limit, and nothing else."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arbiter.__main__ import Terms
from tests.arbiter.arbiter import ON_THE_WAY, PLACED_WITHIN, Arbiter, Limits, Request
from tests.arbiter.process import arbiter_process
from tests.servers.waiting import until

START = 1_000_000.0


def request(call: int, at: float = START, **changes: Any) -> Request:
    """Ask for a call that shares nothing with the others unless `changes` say so."""
    made = Request(
        call=f"call{call}",
        daemon="one",
        tenant=f"tenant{call}",
        campaign=f"campaign{call}",
        contact=f"contact{call}",
        to=f"+1415555{call:04}",
        number=f"+1212555{call:04}",
        connection=f"connection{call}",
        not_after=at + PLACED_WITHIN,
        max_ring_seconds=30.0,
        max_call_seconds=60.0,
    )
    return replace(made, **changes)


SHARED: list[tuple[str, dict[str, Any]]] = [
    ("connection east", {"connection": "east"}),
    ("tenant acme", {"tenant": "acme"}),
    ("campaign acme/spring", {"tenant": "acme", "campaign": "spring"}),
    ("number +12125550100", {"number": "+12125550100"}),
]


@pytest.mark.parametrize(("name", "shared"), SHARED)
def test_one_call_more_than_a_limit_at_once_is_refused_and_kept(name: str, shared: dict[str, Any]) -> None:
    arbiter = Arbiter(Limits(at_once={name: 2}))

    told = [arbiter.place(request(call, **shared), START) for call in range(3)]

    assert told == [None, None, "wrong"]
    (wrong,) = arbiter.report()["wrong"]
    assert wrong == f"one: 3 calls at once of {name}, allowed are 2"
    assert arbiter.report()["up"] == 2


@pytest.mark.parametrize(("name", "shared"), SHARED)
def test_a_call_that_has_ended_makes_room(name: str, shared: dict[str, Any]) -> None:
    arbiter = Arbiter(Limits(at_once={name: 1}))
    for call in range(5):
        assert arbiter.place(request(call, **shared), START + call) is None
        arbiter.end(f"call{call}", START + call + 0.5)

    assert arbiter.report()["wrong"] == []
    assert arbiter.report()["peaks"] == {name: 1}


@pytest.mark.parametrize(
    "shared", [{"tenant": "acme", "to": "+14155550000"}, {"tenant": "acme", "campaign": "s", "contact": "c"}]
)
def test_a_second_call_at_once_of_a_phone_or_a_contact_is_wrong(shared: dict[str, Any]) -> None:
    arbiter = Arbiter(Limits())

    arbiter.place(request(1, **shared), START)
    arbiter.place(request(2, **shared, daemon="two"), START)

    assert len(arbiter.report()["wrong"]) == 1


def test_two_tenants_may_call_one_phone_at_once() -> None:
    arbiter = Arbiter(Limits())

    arbiter.place(request(1, to="+14155550000"), START)
    arbiter.place(request(2, to="+14155550000"), START)

    assert arbiter.report()["wrong"] == []


def test_a_call_that_is_placed_twice_is_wrong_even_after_its_end() -> None:
    arbiter = Arbiter(Limits())
    arbiter.place(request(1), START)
    arbiter.end("call1", START)

    arbiter.place(request(1), START)

    assert arbiter.report()["wrong"] == ["call call1 was placed twice"]


def test_one_attempt_more_than_allowed_is_wrong() -> None:
    arbiter = Arbiter(Limits(attempts=2))
    shared: dict[str, Any] = {"tenant": "acme", "campaign": "spring", "contact": "c1"}
    for call in range(3):
        arbiter.place(request(call, **shared), START)
        arbiter.end(f"call{call}", START)

    assert arbiter.report()["wrong"] == ["one: attempt 3 of contact acme/spring/c1"]


def test_one_call_more_of_a_day_than_allowed_is_wrong() -> None:
    arbiter = Arbiter(Limits(in_all={"+12125550100": 2}))
    for call in range(3):
        arbiter.place(request(call, number="+12125550100"), START + call)
        arbiter.end(f"call{call}", START + call)

    assert len(arbiter.report()["wrong"]) == 1


def test_a_call_that_comes_too_late_is_kept_apart_and_takes_no_place() -> None:
    arbiter = Arbiter(Limits(at_once={"connection east": 1}))

    told = arbiter.place(request(1, connection="east"), START + PLACED_WITHIN + 0.1)

    assert told == "not_after"
    report = arbiter.report()
    assert (report["late"], report["wrong"], report["up"], report["placed"]) == (["call1"], [], 0, 0)


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=40), st.integers(1, 4), st.floats(0, ON_THE_WAY - 0.01)
)
def test_a_rate_that_is_kept_where_calls_are_placed_is_never_called_wrong(
    instants: list[float], limit: int, way: float
) -> None:
    arbiter = Arbiter(Limits(a_second={"east": limit}))
    placed: list[float] = []
    for call, instant in enumerate(sorted(instants)):
        if len(placed) >= limit and instant - placed[-limit] < 1:
            continue
        placed.append(instant)
        delay = way if call % 2 else 0.0
        arbiter.place(request(call, START + instant, connection="east"), START + instant + delay)

    assert arbiter.report()["wrong"] == []


@given(st.integers(1, 5))
def test_one_call_more_in_half_a_second_than_the_rate_allows_is_wrong(limit: int) -> None:
    arbiter = Arbiter(Limits(a_second={"east": limit}))
    for call in range(limit + 1):
        at = START + call / limit / 2
        arbiter.place(request(call, at, connection="east"), at)

    assert len(arbiter.report()["wrong"]) == 1


def test_a_call_that_was_long_on_its_way_is_counted_as_slow() -> None:
    arbiter = Arbiter(Limits(a_second={"east": 1}))

    arbiter.place(request(1, START - 2, connection="east"), START)
    arbiter.place(request(2, START, connection="east"), START)

    assert (arbiter.report()["slow"], arbiter.report()["wrong"]) == (1, [])


def test_the_longest_time_that_a_slot_was_free_is_told() -> None:
    arbiter = Arbiter(Limits(at_once={"connection east": 2}))
    arbiter.place(request(1, connection="east"), START)
    arbiter.place(request(2, connection="east"), START)
    for call, (end, begin) in enumerate([(10, 11), (20, 25), (30, 32)], start=2):
        arbiter.end(f"call{call}", START + end)
        arbiter.place(request(call + 1, START + begin, connection="east"), START + begin)

    assert arbiter.report()["longest_idle"]["connection east"] == 5.0


# Its process


class Engine:
    """An engine's end of the line."""

    def __init__(self, path: str) -> None:
        self.plug = socket.socket(socket.AF_UNIX)
        self.plug.connect(path)
        self.lines = self.plug.makefile("r")

    def send(self, **message: Any) -> None:
        self.plug.sendall(json.dumps(message).encode() + b"\n")

    def place(self, call: int, **changes: Any) -> None:
        made = request(call, **changes)
        self.send(do="place", **{**made.__dict__, "not_after": 4_000_000_000.0})

    def hear(self) -> dict[str, str]:
        heard: dict[str, str] = json.loads(self.lines.readline())
        return heard

    def close(self) -> None:
        self.lines.close()
        self.plug.close()


def test_a_call_stays_up_when_its_engine_is_gone_and_is_told_to_the_next(tmp_path: Path) -> None:
    terms = Terms(Limits(), seed=1, answer_rate=1.0, ring=(0.0, 0.0), talk=(30.0, 30.0))
    with arbiter_process(tmp_path, terms) as process:
        first = Engine(process.socket)
        first.place(1)
        assert [first.hear()["progress"] for _ in range(2)] == ["ringing", "answered"]
        first.close()
        second = Engine(process.socket)

        second.send(do="adopt", call="call1")

        assert second.hear() == {"call": "call1", "progress": "answered"}
        assert process.report()["up"] == 1
        second.send(do="hang_up", call="call1")
        assert second.hear() == {"call": "call1", "progress": "ended", "outcome": "canceled"}
        second.send(do="adopt", call="call1")
        assert second.hear()["outcome"] == "unknown"
        second.close()


def test_calls_of_several_engines_are_judged_together(tmp_path: Path) -> None:
    terms = Terms(Limits(at_once={"connection east": 1}), seed=1, ring=(30.0, 30.0))
    with arbiter_process(tmp_path, terms) as process:
        engines = [Engine(process.socket) for _ in range(2)]
        engines[0].place(1, connection="east")
        assert engines[0].hear()["progress"] == "ringing"

        engines[1].place(2, connection="east", daemon="two")

        assert engines[1].hear() == {
            "call": "call2",
            "progress": "ended",
            "outcome": "rejected",
            "cause": "wrong",
        }
        assert process.report()["wrong"] == ["two: 2 calls at once of connection east, allowed are 1"]
        for engine in engines:
            engine.close()


def test_a_carrier_ends_a_call_that_nobody_hangs_up(tmp_path: Path) -> None:
    terms = Terms(Limits(), seed=1, answer_rate=1.0, ring=(0.0, 0.0), talk=(100.0, 100.0))
    with arbiter_process(tmp_path, terms) as process:
        engine = Engine(process.socket)
        engine.place(1, max_call_seconds=0.1)
        engine.hear()
        engine.close()

        until(lambda: process.report()["up"] == 0, "the call is over")
