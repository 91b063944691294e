"""What is done between two messages of a life: it fails, ends, or is looked at."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from runtime.kernel import ActorSystem
from tests.simulation.failing import Failures
from tests.simulation.plan import Crash
from tests.simulation.rest import check_leases, check_quiet
from tests.simulation.violations import Crashed, Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

QUIET_EVERY = 200
"""So many messages lie at most between two looks whether everybody was told."""

COUNTED = ("message", "recovering", "asked")
"""The ends of a life that come after a number of messages."""


class Boundaries:
    """Stands between the loop and the queue of one life.

    More messages than `budget` are a livelock. `dice` decide when it looks
    around.
    """

    def __init__(
        self, world: World, system: ActorSystem, crash: Crash | None, *, budget: int, dice: Random
    ) -> None:
        self._world = world
        self._system = system
        self._crash = crash
        self._budget = budget
        self._dice = dice
        self._failures = Failures(
            world.plan.faults.actor_crashes, f"{world.plan.luck}/{world.lives}", world.carrier.hit
        )
        self._dies_at = crash.count if crash is not None and crash.where in COUNTED else None
        self._look_after = 0
        self._queue = system.queue
        self._drain = system.queue.drain

    def drain(self, budget: int) -> int:
        """Let messages be handled up to the next boundary that is of interest."""
        queue, world = self._queue, self._world
        if not world.lives_in(self._system):
            return self._drain(budget)
        if self._dies_at is not None and queue.handled >= self._dies_at:
            self._dies_at = None
            self._end_life()
        if queue.handled >= self._budget:
            queue.entries.clear()
            raise world.end(Violation(16, f"{queue.handled} messages and no end"))
        if not world.healed:
            self._failures.fail(self._system)
        allowed = budget
        for boundary in (None if world.healed else self._failures.due_at, self._dies_at):
            if boundary is not None:
                allowed = max(1, min(allowed, boundary - queue.handled))
        try:
            left = self._drain(allowed)
        except BaseException as failure:
            queue.entries.clear()
            raise world.end(failure)  # noqa: B904  # it is the failure itself
        if not queue.entries and queue.handled >= self._look_after:
            self._look_after = queue.handled + self._dice.randint(1, QUIET_EVERY)
            self._look_around()
        return budget - (allowed - left)

    def _end_life(self) -> None:
        """Kill the engine between two messages, or ask it to end."""
        world, crash = self._world, self._crash
        if crash is None or world.healed:
            return
        if crash.where == "asked":
            if world.engine is not None:
                world.happened("an engine was asked to end")
                world.engine.close(drain=float(crash.count % 100))
            return
        how = "in a resume" if crash.where == "recovering" and world.lives > 1 else "between two messages"
        self._queue.entries.clear()
        raise world.end(Crashed(how))

    def _look_around(self) -> None:
        try:
            check_quiet(self._system)
            if self._world.engine is not None:
                check_leases(self._system, self._world.judge)
        except Violation as violation:
            raise self._world.end(violation) from None
