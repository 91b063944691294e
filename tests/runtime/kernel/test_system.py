"""A system's life: how it begins, and the ways in which it ends."""

from __future__ import annotations

import logging
import signal
from typing import Any

import pykka
import pytest
import trio
import trio.testing

from runtime import ActorSystem, EngineActor, RealClock, TrioActor, VirtualClock
from runtime.errors import KernelError, NoActorSystem
from runtime.kernel import Timer
from tests.runtime.kernel.runtimes import PATIENCE
from tests.runtime.kernel.scribes import Do, Note, Scribe


class Mourner(Scribe):
    """Writes down its end."""

    def on_stop(self) -> None:
        self.log.append(f"{self.name} stopped")


def raiser(exception: BaseException) -> Do:
    def action(_scribe: Scribe) -> None:
        raise exception

    return Do(action)


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


@pytest.mark.parametrize("failure", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
async def test_a_base_exception_of_an_engine_actor_ends_its_system_in_order(failure: BaseException) -> None:
    log: list[str] = []

    async def live() -> None:
        async with ActorSystem(clock=VirtualClock()) as system:
            system.start(Mourner, log, "journal")
            system.start(Mourner, log, "other")
            system.start(Mourner, log, "failing").tell(raiser(failure))
            await trio.sleep_forever()

    with pytest.raises(type(failure)) as caught:
        await live()

    assert caught.value is failure
    assert log == ["failing stopped", "other stopped", "journal stopped"]


async def test_it_touches_no_actor_of_others() -> None:
    bystander = pykka.ThreadingActor.start()
    try:
        async with ActorSystem() as outer:
            neighbour = outer.start(Scribe, [])

            async def live() -> None:
                async with ActorSystem() as inner:
                    inner.start(Scribe, []).tell(raiser(SystemExit()))
                    await trio.sleep_forever()

            with pytest.raises(SystemExit):
                await live()

            assert bystander.is_alive()
            assert neighbour.is_alive()
    finally:
        bystander.stop()


async def test_who_asked_for_it_is_not_left_waiting() -> None:
    answers: list[pykka.Future[Any]] = []

    async def live() -> None:
        async with ActorSystem() as system:
            answers.append(system.start(Scribe, []).ask(raiser(SystemExit()), block=False))
            await trio.sleep_forever()

    with pytest.raises(SystemExit):
        await live()

    with pytest.raises(pykka.ActorDeadError):
        answers[0].get(timeout=0)


async def test_a_second_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Worse(Scribe):
        def on_stop(self) -> None:
            raise SystemExit("worse")

    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Worse, [])
            system.start(Scribe, []).tell(raiser(SystemExit("bad")))
            await trio.sleep_forever()

    with pytest.raises(SystemExit, match="bad"):
        await live()

    assert "Another failure while the ActorSystem ends" in caplog.text


async def test_a_failure_keeps_what_the_body_raised_as_its_context() -> None:
    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Scribe, []).tell(raiser(SystemExit()))
            raise ValueError("meanwhile")

    with pytest.raises(SystemExit) as caught:
        await live()

    assert isinstance(caught.value.__context__, ValueError)


def test_an_interrupt_never_breaks_a_handler() -> None:
    log: list[str] = []

    def interrupted(scribe: Scribe) -> None:
        scribe.log.append("before")
        signal.raise_signal(signal.SIGINT)
        scribe.log.append("after")

    async def main() -> None:
        async with ActorSystem() as system:
            system.start(Mourner, log, "a").tell(Do(interrupted))
            await trio.sleep_forever()

    with pytest.raises(KeyboardInterrupt):
        trio.run(main)

    assert log == ["before", "after", "a stopped"]


async def test_a_base_exception_of_a_plain_trio_actor_stops_all_actors() -> None:
    class Plain(TrioActor):
        def on_receive(self, message: Any) -> None:
            raise message

    other = pykka.ThreadingActor.start()
    async with ActorSystem() as system:
        neighbour = system.start(Plain)
        ref = system.start(Plain)
        ref.tell(SystemExit())
        await trio.to_thread.run_sync(other.actor_stopped.wait, PATIENCE)
        await system.until_idle()

        assert [each.is_alive() for each in (ref, neighbour, other)] == [False, False, False]


async def test_a_base_exception_in_on_start_of_a_plain_trio_actor_does_too() -> None:
    class Plain(TrioActor):
        def on_start(self) -> None:
            raise SystemExit

    class Bystander(TrioActor):
        pass

    async with ActorSystem() as system:
        neighbour, ref = system.start(Bystander), system.start(Plain)
        await system.until_idle()

        assert [each.is_alive() for each in (ref, neighbour)] == [False, False]


async def test_starting_needs_a_running_system() -> None:
    system = ActorSystem()
    with pytest.raises(
        NoActorSystem, match="can't start Scribe: this ActorSystem has not been entered; enter"
    ):
        system.start(Scribe, [])
    async with system:
        pass
    with pytest.raises(NoActorSystem, match="can't start Scribe: this ActorSystem is closed; make a new one"):
        system.start(Scribe, [])
    with pytest.raises(NoActorSystem, match="can't call into it: this ActorSystem is closed"):
        system.call_soon_threadsafe(print)
    with pytest.raises(NoActorSystem, match="can't spawn a task: this ActorSystem is closed"):
        system.spawn(trio.sleep, 0)
    with pytest.raises(NoActorSystem, match="can't wait for it: this ActorSystem is closed"):
        await system.until_idle()


async def test_a_system_is_entered_once() -> None:
    async with ActorSystem() as system:
        with pytest.raises(KernelError, match="this ActorSystem is running: make a new one"):
            await system.__aenter__()


async def test_cls_start_finds_the_system_of_its_context() -> None:
    log: list[str] = []

    def start_another(scribe: Scribe) -> None:
        Scribe.start(scribe.log, "child").tell(Note(" born"))

    async with ActorSystem() as outer:
        async with ActorSystem() as inner:
            await Scribe.start(log).ask(Do(start_another), block=False)
            await inner.until_idle()
            assert inner.statistics().actors_started == 2
        Scribe.start(log)
        assert outer.statistics().actors_started == 1

    assert log == ["child born"]


async def test_cls_start_without_a_system_says_how_to_mend_it() -> None:
    with pytest.raises(NoActorSystem, match=r"inside `async with ActorSystem\(\) as system:`"):
        Scribe.start([])


async def test_only_trio_actors_are_started() -> None:
    async with ActorSystem() as system:
        with pytest.raises(TypeError, match=r"start it with `ThreadingActor.start\(…\)`"):
            system.start(pykka.ThreadingActor)  # type: ignore[type-var]


async def test_a_constructor_that_raises_starts_nothing() -> None:
    class Unborn(TrioActor):
        def __init__(self) -> None:
            super().__init__()
            raise ValueError("not to be")

    async with ActorSystem() as system:
        with pytest.raises(ValueError, match="not to be"):
            system.start(Unborn)

        assert system.statistics().actors_alive == 0
        assert pykka.ActorRegistry.get_all() == []


async def test_statistics_count_what_was_done() -> None:
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, [])
        for _ in range(3):
            ref.tell(Note(""))
        assert system.statistics().messages_queued == 3
        system.call_later(1, lambda: None)
        system.call_later(1, lambda: None, background=True)
        assert system.statistics().timers_pending == 2
        await system.until_idle()
        done = system.statistics()

    assert (done.messages_handled, done.messages_queued, done.messages_dropped) == (5, 0, 0)
    assert (done.actors_started, done.actors_alive) == (1, 1)
    assert (done.timers_fired, done.timers_pending, done.outside_requests) == (2, 0, 0)
    assert done.turns >= 1


async def test_the_clock_is_real_unless_given() -> None:
    assert isinstance(ActorSystem().clock, RealClock)


# ----- tasks


async def test_a_spawned_task_runs_beside_the_actors_and_ends_with_the_system() -> None:
    log: list[str] = []

    async def carrier(ref: pykka.ActorRef[Scribe]) -> None:
        ref.tell(Note("placed"))
        try:
            await trio.sleep_forever()
        finally:
            ref.tell(Note("hung up"))

    async with ActorSystem() as system:
        system.spawn(carrier, system.start(Mourner, log))
        await system.until_idle()
        await trio.testing.wait_all_tasks_blocked()

    assert log == ["placed", "hung up", " stopped"]


async def test_a_task_that_fails_is_logged_and_ends_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("in a task")

    async def fail_in_a_nursery() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail)
            nursery.start_soon(trio.sleep_forever)

    async with ActorSystem() as system:
        system.spawn(fail, name="the failing one")
        system.spawn(fail_in_a_nursery)
        await trio.testing.wait_all_tasks_blocked()

        assert system.running
        assert await system.start(Scribe, []).ask(Note("alive"), block=False) == 1
    failures = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert sorted(failures) == [
        f"Unhandled exception in task {fail_in_a_nursery.__qualname__}:",
        "Unhandled exception in task the failing one:",
    ]


async def test_a_task_that_fails_while_it_is_cancelled_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail_at_the_end() -> None:
        async def child() -> None:
            try:
                await trio.sleep_forever()
            finally:
                raise RuntimeError("at the end")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)
            nursery.start_soon(trio.sleep_forever)

    async with ActorSystem() as system:
        system.spawn(fail_at_the_end)
        await trio.testing.wait_all_tasks_blocked()

    assert "at the end" in caplog.text


@pytest.mark.parametrize("grouped", [False, True])
async def test_a_base_exception_of_a_task_ends_the_system(grouped: bool) -> None:
    log: list[str] = []

    async def leave() -> None:
        raise SystemExit

    async def leave_in_a_nursery() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(leave)
            nursery.start_soon(trio.sleep_forever)

    async def live() -> None:
        async with ActorSystem() as system:
            system.start(Mourner, log, "a")
            system.spawn(leave_in_a_nursery if grouped else leave)
            await trio.sleep_forever()

    with pytest.raises((SystemExit, BaseExceptionGroup)):
        await live()

    assert log == ["a stopped"]


async def test_a_task_starts_actors_in_its_system() -> None:
    async def start() -> None:
        Scribe.start([])

    async with ActorSystem() as system:
        system.spawn(start)
        await trio.testing.wait_all_tasks_blocked()

        assert system.statistics().actors_alive == 1


async def test_what_is_cut_off_handles_nothing_more() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        ref = system.start(Scribe, log, "a")
        ref.tell(Note(" before"))
        ref.tell(Do(lambda scribe: scribe.after(20, Note(" later"))))
        system.call_later(20, log.append, "a call")
        kept = system.call_later(20, log.append, "kept")

        def cut() -> None:
            ref.tell(Note(" at the same instant"))
            system.call_soon_threadsafe(log.append, "posted")
            system.cut_off({kept})
            ref.tell(Note(" after its end"))

        system.call_later(10, cut)
        await system.until_idle()

        assert log == ["a before", "kept"]
        assert system.statistics().actors_alive == 0


async def test_a_timer_that_is_kept_fires_though_it_is_due_when_all_else_is_cut_off() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        kept = set[Timer]()
        system.call_later(10, lambda: system.cut_off(kept))
        kept.add(system.call_later(10, log.append, "kept"))
        system.call_later(10, log.append, "lost")
        await system.until_idle()

        assert log == ["kept"]


async def test_actors_can_be_started_where_others_were_cut_off() -> None:
    log: list[str] = []
    async with ActorSystem(clock=VirtualClock()) as system:
        system.start(Scribe, log, "a")
        system.call_later(10, system.cut_off)
        system.call_later(20, log.append, "never")
        await system.until_idle()
        system.start(Scribe, log, "b").tell(Note(" lives"))
        await system.until_idle()

        assert log == ["b lives"]
        assert system.statistics().actors_alive == 1
