"""What the engine's own actors do beside and apart from pykka's contract."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from typing import Any

import msgspec
import pykka
import pytest
from pykka._envelope import Envelope

from runtime import ActorSystem, EngineActor, VirtualClock, handles
from runtime.errors import KernelError, NoActorSystem
from tests.runtime.kernel.runtimes import PATIENCE
from tests.runtime.kernel.scribes import Do, Note, Scribe


async def test_messages_are_handled_in_the_order_they_were_sent_across_actors() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        a, b, c = (system.start(Scribe, log, name) for name in "abc")

        def release(_scribe: Scribe) -> None:
            a.tell(Note(" first"))
            b.tell(Note(" second"))
            a.tell(Note(" third"))

        c.tell(Do(release))
        b.tell(Note(" told before the release was handled"))
        await system.until_idle()

    assert log == ["b told before the release was handled", "a first", "b second", "a third"]


async def test_a_handler_runs_to_its_end_before_the_next_message() -> None:
    log: list[str] = []

    def slowly(scribe: Scribe) -> None:
        scribe.actor_ref.tell(Note("next"))
        scribe.log.append("not yet")

    async with ActorSystem(clock=VirtualClock()) as system:
        system.start(Scribe, log).tell(Do(slowly))
        await system.until_idle()

    assert log == ["not yet", "next"]


async def test_what_a_handler_returns_answers_ask() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, [])

        assert await ref.ask(Note("one"), block=False) == 1
        assert await ref.proxy().write(Note("two")) == 2


async def test_on_start_comes_before_messages_told_in_the_constructor() -> None:
    log: list[str] = []

    class Eager(Scribe):
        def __init__(self) -> None:
            super().__init__(log)
            self.actor_ref.tell(Note("told in the constructor"))

        def on_start(self) -> None:
            log.append("start")

    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Eager)
        ref.tell(Note("told afterwards"))
        await system.until_idle()

    assert log == ["start", "told in the constructor", "told afterwards"]


async def test_what_a_stopped_actor_is_told_is_counted_and_dropped() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, log)
        ref.tell(Note("sent before its stop"))
        ref.tell(Do(lambda scribe: scribe.stop()))
        await system.until_idle()
        ref.tell(Note("sent after that"))
        ref.actor_inbox.put(Envelope(Note("put into its inbox")))
        await system.until_idle()

        assert not ref.is_alive()
        assert ref.actor_stopped.is_set()
        assert system.statistics().messages_dropped == 2

    assert log == ["sent before its stop"]


async def test_an_actor_that_stops_in_a_handler_handles_nothing_that_is_sent_later() -> None:
    log: list[str] = []

    def last_words(scribe: Scribe) -> None:
        scribe.actor_ref.tell(Note("last words"))
        scribe.stop()
        scribe.actor_ref.tell(Note("too late"))

    async with ActorSystem(clock=VirtualClock()) as system:
        system.start(Scribe, log).tell(Do(last_words))
        await system.until_idle()

        assert system.statistics().messages_dropped == 1
    assert log == ["last words"]


async def test_who_asks_a_stopped_actor_is_told() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, [])
        stopped = ref.stop(block=False)
        too_late = ref.ask(Note("left in the queue"), block=False)

        assert await stopped is True
        with pytest.raises(pykka.ActorDeadError, match="stopped before handling the message"):
            await too_late
        with pytest.raises(pykka.ActorDeadError, match="not found"):
            await ref.ask(Note("to the dead"), block=False)
        assert await ref.stop(block=False) is False


async def test_a_reference_that_is_kept_keeps_no_stopped_actor() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, [])
        (actor,) = system.living.values()
        kept = weakref.ref(actor)
        del actor
        gc.disable()
        try:
            ref.tell(Do(lambda scribe: scribe.stop()))
            await system.until_idle()

            assert kept() is None
        finally:
            gc.enable()


async def test_unregistered_actors_are_unknown_to_the_registry() -> None:
    class Known(Scribe):
        registered = True

    async with ActorSystem(clock=VirtualClock()) as system:
        known = system.start(Known, [])
        system.start(Scribe, [])

        assert pykka.ActorRegistry.get_all() == [known]

    assert pykka.ActorRegistry.get_all() == []


async def test_names_come_from_a_counter_and_are_the_same_in_every_run() -> None:
    names: list[list[str]] = []
    for _ in range(2):
        async with ActorSystem(clock=VirtualClock()) as system:
            names.append([str(system.start(Scribe, [])) for _ in range(2)])

    assert names == [["Scribe (urn:actor:1)", "Scribe (urn:actor:2)"]] * 2


async def test_now_is_the_clocks_time() -> None:
    async with ActorSystem(clock=VirtualClock(1_000_000.0)) as system:
        ref = system.start(Scribe, [])
        future = ref.ask(Do(lambda scribe: scribe.now), block=False)

        assert await future == 1_000_000.0


async def test_the_inbox_shows_what_waits_for_the_actor() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        ref, other = system.start(Scribe, []), system.start(Scribe, [])
        other.tell(Note("for the other"))
        assert ref.actor_inbox.empty()
        ref.tell(Note("for this one"))

        assert not ref.actor_inbox.empty()
        assert ref.actor_inbox.get().message == Note("for this one")
        assert ref.actor_inbox.empty()
        with pytest.raises(IndexError):
            ref.actor_inbox.get()


# ----- crashes


class Fragile(Scribe):
    """Lives on after a ValueError only."""

    def on_crash(self, exception: Exception, message: object) -> bool:
        self.log.append(f"crashed: {exception}")
        return isinstance(exception, ValueError)

    def on_failure(self, *_exc_info: Any) -> None:
        self.log.append("failed")


def raiser(exception: BaseException) -> Do:
    def action(_scribe: Scribe) -> None:
        raise exception

    return Do(action)


async def test_an_actor_that_deals_with_a_crash_lives_on_with_its_next_message() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Fragile, log)
        ref.tell(raiser(ValueError("dealt with")))
        ref.tell(Note("next"))
        await system.until_idle()

        assert ref.is_alive()
    assert log == ["crashed: dealt with", "next"]


async def test_an_actor_that_does_not_fails_as_pykka_has_it(caplog: pytest.LogCaptureFixture) -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Fragile, log)
        ref.tell(raiser(KeyError("fatal")))
        ref.tell(Note("next"))
        await system.until_idle()

        assert not ref.is_alive()
        assert [each.getMessage() for each in caplog.records] == [f"Unhandled exception in {ref}:"]
    assert log == ["crashed: 'fatal'", "failed"]


async def test_a_crash_while_dealing_with_a_crash_ends_the_actor(caplog: pytest.LogCaptureFixture) -> None:
    class Hopeless(Scribe):
        def on_crash(self, exception: Exception, message: object) -> bool:
            raise RuntimeError("worse")

    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Hopeless, [])
        ref.tell(raiser(ValueError("bad")))
        await system.until_idle()

        assert not ref.is_alive()
    errors = [str(each.exc_info[1]) for each in caplog.records if each.exc_info]
    assert errors == ["worse", "bad"]


async def test_an_exception_of_a_timers_message_is_a_crash_as_any_other() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Fragile, log)
        ref.tell(Do(lambda scribe: scribe.after(1, raiser(ValueError("later")))))
        await system.until_idle()

        assert ref.is_alive()
    assert log == ["crashed: later"]


async def test_who_asked_gets_the_exception_and_the_actor_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    log: list[str] = []
    with caplog.at_level(logging.INFO, "pykka"):
        async with ActorSystem(clock=VirtualClock()) as system:
            ref = system.start(Fragile, log)

            with pytest.raises(KeyError, match="asked for"):
                await ref.ask(raiser(KeyError("asked for")), block=False)
            assert ref.is_alive()
    assert log == []
    assert "Exception returned from" in caplog.text


async def test_an_exception_in_on_start_or_on_stop_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class BadStart(Scribe):
        def on_start(self) -> None:
            raise RuntimeError("no start")

    class BadStop(Scribe):
        def on_stop(self) -> None:
            raise RuntimeError("no stop")

    async with ActorSystem(clock=VirtualClock()) as system:
        start, stop = system.start(BadStart, []), system.start(BadStop, [])
        start.tell(Note("never handled"))
        assert await stop.stop(block=False) is True
        await system.until_idle()

        assert not start.is_alive()
        assert not stop.is_alive()
    errors = [str(each.exc_info[1]) for each in caplog.records if each.exc_info]
    assert errors == ["no start", "no stop"]


# ----- handlers


class Order(msgspec.Struct, frozen=True, gc=False):
    """A message with a subclass."""


class RushOrder(Order, frozen=True, gc=False):
    """A message whose base is handled."""


async def test_a_message_goes_to_the_nearest_handled_base_of_its_type() -> None:
    class Shop(EngineActor):
        registered = False

        @handles(Order)
        def order(self, _message: Order) -> str:
            return "order"

        @handles(int, float)
        def number(self, message: float) -> str:
            return f"number {message}"

        def on_receive(self, message: object) -> str:
            return f"unexpected {message}"

    async with ActorSystem(clock=VirtualClock()) as system:
        shop = system.start(Shop)
        asked = [RushOrder(), Order(), True, 2.5, "what?", "what?"]
        answers = [await shop.ask(message, block=False) for message in asked]

    assert answers == ["order", "order", "number True", "number 2.5", "unexpected what?", "unexpected what?"]


async def test_a_subclass_overrides_handlers_by_name_or_by_type() -> None:
    class Base(EngineActor):
        registered = False

        @handles(int)
        def number(self, _message: int) -> str:
            return "base"

        @handles(str)
        def text(self, _message: str) -> str:
            return "base"

    class ByName(Base):
        def number(self, _message: int) -> str:
            return "by name"

    class ByType(Base):
        @handles(str)
        def words(self, _message: str) -> str:
            return "by type"

    async with ActorSystem(clock=VirtualClock()) as system:
        by_name, by_type = system.start(ByName), system.start(ByType)

        assert [await by_name.ask(each, block=False) for each in (1, "a")] == ["by name", "base"]
        assert [await by_type.ask(each, block=False) for each in (1, "a")] == ["base", "by type"]


def test_two_handlers_of_one_type_are_refused_with_their_names() -> None:
    with pytest.raises(TypeError, match=r"Torn\.one and Torn\.two both handle int"):

        class Torn(EngineActor):
            @handles(int)
            def one(self, message: int) -> None: ...

            @handles(int)
            def two(self, message: int) -> None: ...


@pytest.mark.parametrize("wrong", [(), ("Reserve",), (Note("an instance"),)])
def test_handles_takes_types_only(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"as in @handles\(Reserve\)"):
        handles(*wrong)


# ----- wrong use


def test_an_actor_that_was_not_started_says_so() -> None:
    scribe = Scribe([])

    with pytest.raises(
        NoActorSystem, match=r"Scribe hasn't been started: start it with `system.start\(Scribe"
    ):
        scribe.actor_ref.tell(Note("to nobody"))
    with pytest.raises(NoActorSystem, match="hasn't been started"):
        scribe.after(1, Note("to nobody"))
    assert str(scribe).startswith("Scribe (urn:actor:")


async def test_a_constructor_that_forgets_its_super_is_named() -> None:
    class Forgetful(EngineActor):
        def __init__(self) -> None:
            pass

    async with ActorSystem() as system:
        with pytest.raises(KernelError, match=r"Forgetful.__init__ must call super\(\).__init__\(\)"):
            system.start(Forgetful)


async def test_an_attribute_a_reference_does_not_have_is_named() -> None:
    async with ActorSystem() as system:
        with pytest.raises(AttributeError, match=r"EngineRef.* has no attribute 'nonsense'"):
            system.start(Scribe, []).nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_another_thread_can_wait_for_the_end_of_an_actor() -> None:
    with ActorSystem.in_thread() as system:
        ref = system.start(Scribe, [])
        stopped = ref.actor_stopped
        threading.Timer(0.02, ref.tell, args=[Do(lambda scribe: scribe.stop())]).start()

        assert stopped.wait(PATIENCE)
