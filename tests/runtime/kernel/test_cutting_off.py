"""A system that is cut off, as by a crash of its process: nothing more happens in it."""

from __future__ import annotations

from runtime import ActorSystem, VirtualClock
from runtime.kernel import Timer
from tests.runtime.kernel.scribes import Do, Note, Scribe


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
