"""What leaving a system does: what was told is handled, then the actors stop."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from runtime import ActorSystem, EngineActor
from runtime.errors import NoActorSystem
from tests.runtime.kernel.runtimes import PATIENCE
from tests.runtime.kernel.scribes import Do, Mourner, Note, Scribe


async def test_leaving_stops_the_actors_last_started_first() -> None:
    log: list[str] = []
    async with ActorSystem() as system:
        for name in "abc":
            system.start(Mourner, log, name)

    assert log == ["c stopped", "b stopped", "a stopped"]
    assert system.statistics().actors_alive == 0


async def test_what_was_told_before_leaving_is_handled() -> None:
    log: list[str] = []
    async with ActorSystem() as system:
        ref = system.start(Mourner, log, "a")
        for number in range(2000):
            ref.tell(Note(f" {number}"))

    assert log == [f"a {number}" for number in range(2000)] + ["a stopped"]


async def test_leaving_waits_for_no_timer() -> None:
    log: list[str] = []
    with trio.fail_after(PATIENCE):
        async with ActorSystem() as system:
            system.start(Scribe, log).tell(Do(lambda scribe: scribe.after(3600, Note("never"))))
            system.call_later(3600, log.append, "never")

    assert log == []


async def test_an_actor_told_to_start_others_while_ending_is_refused() -> None:
    refused: list[str] = []

    class Heir(EngineActor):
        registered = False

        def on_stop(self) -> None:
            try:
                self.system.start(Heir)
            except NoActorSystem as error:
                refused.append(str(error))

    async with ActorSystem() as system:
        system.start(Heir)

    assert refused == ["can't start Heir: this ActorSystem is stopping; it takes no new work"]


async def test_what_the_body_raises_is_raised_after_the_actors_have_stopped() -> None:
    log: list[str] = []

    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Mourner, log, "a")
            raise ValueError("from the body")

    with pytest.raises(ValueError, match="from the body"):
        await live()

    assert log == ["a stopped"]


async def test_a_cancelled_body_stops_the_actors_and_stays_cancelled() -> None:
    log: list[str] = []
    with trio.move_on_after(0.01) as scope:
        async with ActorSystem() as system:
            ref = system.start(Mourner, log, "a")
            try:
                await trio.sleep_forever()
            finally:
                ref.tell(Note(" last words"))
        log.append("not reached")

    assert scope.cancelled_caught
    assert log == ["a last words", "a stopped"]
