"""What an application does with an engine while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pykka
import pytest
import trio
import trio.testing

from runtime.calls import CallEvent, CallProgress, CallRequest, Outcome
from runtime.errors import ContactRefused, UnknownName
from trunkline import Contact
from trunkline.config import Config
from trunkline.engine import Engine

OPEN: dict[str, Any] = {
    "tenants": [{"name": "acme", "max_concurrent": 4}],
    "connections": [{"name": "east", "max_concurrent": 3}],
    "numbers": [{"number": "+14155552671", "connection": "east"}],
    "campaigns": [{"name": "spring", "primary": "+14155552671", "keep_open": True, "default_region": "US"}],
}


async def test_contacts_can_be_added_to_an_open_campaign_until_it_is_closed() -> None:
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request():
            added = await engine.add_contacts(
                "spring", [Contact("(415) 555-2672", id="ann"), {"phone": "+442071838750", "id": "bob"}]
            )
            engine.close_campaign("spring")
        result = await engine.finished

    assert added == 2
    assert result.campaigns["spring"].rows == 2


async def test_a_contact_that_cannot_be_dialed_is_refused_with_its_reason() -> None:
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request(), pytest.raises(ContactRefused) as refused:
            await engine.add_contacts("spring", [Contact("call me", id="cleo")])

    assert refused.value.contact == "cleo"
    assert refused.value.reason.startswith("letters")


async def test_the_breakdown_says_what_binds() -> None:
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request():
            breakdown = await engine.breakdown("spring")

    assert (breakdown.ceiling, breakdown.binds) == (3, "connection:east")
    assert [one.available for one in breakdown.connections] == [3]


async def test_why_names_what_a_contact_waits_for() -> None:
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request():
            await engine.flag("+14155552671")
            await engine.add_contacts("spring", [Contact("+442071838750", id="bob")])
            why = await engine.why("spring", "bob")

    assert why == "no_eligible_number"


async def test_an_unknown_name_is_an_error_that_says_which() -> None:
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request(), pytest.raises(UnknownName, match="nobody"):
            await engine.why("spring", "nobody")
        with pytest.raises(UnknownName, match="west"):
            engine.set_connection_limit("west", 3)


async def test_results_are_streamed_as_calls_end() -> None:
    outcomes: list[str] = []
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine, trio.open_nursery() as nursery:
        with engine.system.outside_request():

            async def follow() -> None:
                async for result in engine.results():
                    outcomes.append(result.outcome)

            nursery.start_soon(follow)
            await trio.testing.wait_all_tasks_blocked()
            await engine.add_contacts("spring", [Contact("+442071838750")])
            engine.close_campaign("spring")
        finished = (await engine.finished).campaigns["spring"]

    assert len(outcomes) == finished.attempts >= 1


def test_a_synchronous_program_runs_the_engine_in_a_thread() -> None:
    from runtime import ActorSystem

    with ActorSystem.in_thread() as system:
        quick = {**OPEN, "run": {"time_scale": 0.002}}
        engine = Engine(Config.from_dict(quick), seed=1, system=system, simulated=True)
        engine.start().get(timeout=10)
        engine.add_contacts("spring", [Contact("+442071838750", id="bob")]).get(timeout=10)
        assert engine.breakdown("spring").get(timeout=10).ceiling == 3
        engine.flag("+14155552671").get(timeout=10)
        engine.add_contacts("spring", [Contact("+442071838751", id="ann")]).get(timeout=10)
        assert engine.why("spring", "ann").get(timeout=10) == "no_eligible_number"
        result = engine.close(drain=5.0).get(timeout=20)

    assert result.reason == "closed"


async def test_an_engine_that_cannot_start_says_why_and_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: object, connection: str) -> None:
        raise ValueError(f"no line to {connection}")

    monkeypatch.setattr("trunkline.engine.wiring.Lines.build", fail)
    with pytest.raises(ValueError, match="no line to east"):
        async with Engine(Config.from_dict(OPEN), seed=1):
            pass


async def test_an_id_and_a_phone_are_taken_once() -> None:
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request():
            await engine.add_contacts("spring", [Contact("+442071838750", id="bob")])
            with pytest.raises(ContactRefused, match="duplicate_id"):
                await engine.add_contacts("spring", [Contact("+442071838751", id="bob")])
            with pytest.raises(ContactRefused, match="duplicate_phone"):
                await engine.add_contacts("spring", [Contact("+442071838750", id="rob")])


async def test_a_refused_contact_leaves_the_others_to_be_added_without_it() -> None:
    good = [Contact("+442071838750", id="bob"), Contact("+442071838751", id="ann")]
    async with Engine(Config.from_dict(OPEN), seed=1, virtual=True) as engine:
        with engine.system.outside_request():
            with pytest.raises(ContactRefused, match="letters"):
                await engine.add_contacts("spring", [*good, Contact("call me")])
            assert await engine.add_contacts("spring", good) == 2


class Deaf:
    """A carrier whose calls last until they are hung up; it keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[CallRequest] = []
        self.hung_up = trio.Event()

    async def place(self, request: CallRequest, report: Callable[[CallEvent], None]) -> None:
        self.requests.append(request)
        report(CallEvent(request.call, CallProgress.RINGING))
        report(CallEvent(request.call, CallProgress.ANSWERED))
        await self.hung_up.wait()
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.ANSWERED))

    async def hang_up(self, call: str) -> None:
        self.hung_up.set()


def own(**campaign: object) -> Config:
    tables = {
        **OPEN,
        "connections": [{"name": "east", "max_concurrent": 3, "carrier": "deaf"}],
        "campaigns": [{**OPEN["campaigns"][0], **campaign}],
    }
    return Config.from_dict(tables, carriers=("deaf",))


async def test_an_engine_that_lacks_a_carrier_says_so_at_once() -> None:
    with pytest.raises(UnknownName, match="no carrier 'deaf'"):
        Engine(own(), seed=1, carriers={"mute": Deaf()})


@pytest.mark.parametrize("mistaken", [object(), Deaf, "deaf"])
def test_what_is_no_carrier_is_refused_before_anything_starts(mistaken: Any) -> None:
    with pytest.raises(TypeError, match=r"carriers\['deaf'\] is no Carrier"):
        Engine(own(), seed=1, carriers={"deaf": mistaken})


def test_a_carrier_that_a_rehearsal_does_not_need_may_be_missing() -> None:
    assert Engine(own(), seed=1, simulated=True).seed == 1


async def test_who_waits_for_what_it_adds_adds_no_faster_than_is_dialed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trunkline.engine.wiring.UNFINISHED_AHEAD", 3)
    carrier = Deaf()
    async with Engine(own(), seed=1, carriers={"deaf": carrier}) as engine:
        two = engine.add_contacts("spring", [Contact(f"+44207183875{n}") for n in range(2)])
        assert await two == 2
        more = engine.add_contacts("spring", [Contact(f"+44207183876{n}") for n in range(2)])
        await trio.testing.wait_all_tasks_blocked()  # the campaign has heard of them by now
        with pytest.raises(pykka.Timeout):
            await trio.to_thread.run_sync(lambda: more.get(timeout=0))
        carrier.hung_up.set()
        assert await more == 2
        engine.close_campaign("spring")
        await engine.finished


async def test_who_waits_for_what_it_adds_is_let_go_when_the_engine_closes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trunkline.engine.wiring.UNFINISHED_AHEAD", 1)
    async with Engine(own(), seed=1, carriers={"deaf": Deaf()}) as engine:
        added = engine.add_contacts("spring", [Contact(f"+44207183875{n}") for n in range(5)])
        engine.close(drain=0.0)
        assert await added == 5


@pytest.mark.parametrize("recording", [True, False])
async def test_the_carrier_is_told_whether_to_record(recording: bool) -> None:
    carrier = Deaf()
    carrier.hung_up.set()
    async with Engine(own(recording=recording), seed=1, carriers={"deaf": carrier}) as engine:
        await engine.add_contacts("spring", [Contact("+442071838750", extra={"plan": "gold"})])
        engine.close_campaign("spring")
        await engine.finished

    (request,) = carrier.requests
    assert request.recording is recording
    assert request.extra == {"plan": "gold"}


async def test_a_disposition_decides_what_follows_an_answered_call() -> None:
    carrier = Deaf()
    config = own(dispositions=["completed", "sold"], retry_after={"sold": 0}, max_attempts=2)
    async with Engine(config, seed=1, carriers={"deaf": carrier}) as engine:
        with pytest.raises(UnknownName, match="maybe"):
            engine.set_disposition("spring", "bob", "maybe")
        async with trio.open_nursery() as nursery:
            answered = trio.Event()

            async def watch() -> None:
                async for event in engine.events():
                    if event.event == "call.answered":
                        answered.set()

            nursery.start_soon(watch)
            await trio.testing.wait_all_tasks_blocked()
            await engine.add_contacts("spring", [Contact("+442071838750", id="bob")])
            await answered.wait()
            assert await engine.set_disposition("spring", "bob", "sold")
            carrier.hung_up.set()
            engine.close_campaign("spring")
            result = await engine.finished
            nursery.cancel_scope.cancel()

    assert result.campaigns["spring"].attempts == 2
    assert len(carrier.requests) == 2
