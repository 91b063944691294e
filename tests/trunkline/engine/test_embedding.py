"""What an application does with an engine while it runs."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from runtime.errors import ContactRefused, UnknownName
from trunkline import Contact
from trunkline.config import Config
from trunkline.engine import Engine

OPEN = {
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
        result = engine.close(drain=5.0).get(timeout=20)

    assert result.reason == "closed"


async def test_an_engine_that_cannot_start_says_why_and_leaves_nothing_open() -> None:
    unknown = {**OPEN, "connections": [{"name": "east", "max_concurrent": 3, "carrier": "pigeon"}]}
    config = Config.from_dict(unknown, carriers=("pigeon",))

    with pytest.raises(ValueError, match="pigeon"):
        async with Engine(config, seed=1):
            pass
