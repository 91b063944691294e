"""The system that runs actors: their loop, their clock, their supervision."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from contextvars import copy_context
from enum import Enum
from threading import Lock, get_ident
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pykka
import trio
from pykka.messages import _ActorStop

from runtime.errors import KernelError, NoActorSystem
from runtime.kernel.actor import TrioActor
from runtime.kernel.clock import Clock, RealClock
from runtime.kernel.current import current_system, enter_loop, leave_loop
from runtime.kernel.loop import Loop
from runtime.kernel.outside import OutsideRequest
from runtime.kernel.run_queue import Call, Desk, Receiver
from runtime.kernel.tasks import guard
from runtime.kernel.timers import Timer

if TYPE_CHECKING:
    from runtime.kernel.thread import SystemThread

logger = logging.getLogger("runtime.kernel")

A = TypeVar("A", bound=TrioActor)


class Stage(Enum):
    """Where a system is in its life."""

    NEW = "has not been entered"
    RUNNING = "is running"
    STOPPING = "is stopping"
    CLOSED = "is closed"


_RUNNING = Stage.RUNNING  # Python 3.11 searches for an enum's member at every use


class SystemStatistics(msgspec.Struct, frozen=True):
    """What a system has done and what it has before it."""

    messages_handled: int
    messages_dropped: int
    messages_queued: int
    actors_started: int
    actors_alive: int
    timers_fired: int
    timers_pending: int
    outside_requests: int
    turns: int


class ActorSystem:
    """Run actors on a trio loop.

        async with ActorSystem(clock=VirtualClock()) as system:
            counter = system.start(Counter)
            counter.tell(Add(1))
            await system.until_idle()

    Leaving the block cancels the tasks that were spawned, stops the actors in
    the reverse of the order in which they were started, and returns when the
    last has stopped. `ActorSystem.in_thread()` is for programs without trio.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self.clock: Clock = RealClock() if clock is None else clock
        self.loop = Loop(self.clock, self._failed)
        self.queue = self.loop.queue
        self.timers = self.loop.timers
        self.living: dict[int, TrioActor] = {}
        self._stage = Stage.NEW
        # Whoever starts an actor in another thread is either before or after the actors are stopped.
        self._stage_lock = Lock()
        self._failure: BaseException | None = None
        self._desk = Desk()
        self._started = 0
        self._body = trio.CancelScope()
        self._outer: ActorSystem | None = None
        self._tasks: trio.Nursery | None = None
        self._close_asked = trio.Event()
        self._ended = trio.Event()

    @staticmethod
    def in_thread(*, clock: Clock | None = None) -> SystemThread:
        """Run a system in a thread of its own: `with ActorSystem.in_thread() as system:`.

        From there actors can be started, told, asked and stopped from any
        thread; `TrioActor` then stands in for `pykka.ThreadingActor`.
        """
        from runtime.kernel.thread import SystemThread  # it runs an ActorSystem itself

        return SystemThread(clock)

    @property
    def running(self) -> bool:
        """Whether actors can be started."""
        return self._stage is Stage.RUNNING

    def start(self, cls: type[A], /, *args: Any, **kwargs: Any) -> pykka.ActorRef[A]:
        """Start an actor of this class; from any thread.

        `__init__` is called at once, in the calling thread; `on_start` on the
        loop, before the first message.
        """
        if self._stage is not _RUNNING:
            raise NoActorSystem(self._not_running(f"start {cls.__name__}"))
        try:
            launch = cls._launch
        except AttributeError:
            name = cls.__name__
            raise TypeError(f"{name} isn't a TrioActor: start it with `{name}.start(…)`") from None
        actor = cls.__new__(cls, *args, **kwargs)
        actor._system = self
        actor.__init__(*args, **kwargs)  # type: ignore[misc]  # the actor joins the system before it
        try:
            ref = actor._actor_ref
        except AttributeError:
            raise KernelError(f"{cls.__name__}.__init__ must call super().__init__()") from None
        if get_ident() == self.queue.thread:
            launch(actor, self)
        else:
            with self._stage_lock:
                if self._stage is not Stage.RUNNING:
                    raise NoActorSystem(self._not_running(f"start {cls.__name__}"))
                launch(actor, self)
        self._started += 1
        return ref

    def call_later(
        self, seconds: float, callback: Callable[..., object], *args: Any, background: bool = False
    ) -> Timer:
        """Call `callback(*args)` in `seconds`; on the loop's thread only."""
        queue = self.queue
        if get_ident() != queue.thread:
            raise self._misplaced_timer()
        timer = self.timers.call(self.clock.monotonic(), seconds, callback, args, background)
        if queue.asleep:
            queue.wake()
        return timer

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` on the loop, after what is queued; from any thread.

        Virtual time waits for it.
        """
        if self._stage in (Stage.NEW, Stage.CLOSED):
            raise NoActorSystem(self._not_running("call into it"))
        self.queue.post(self._desk, Call(callback, args))

    def outside_request(self) -> OutsideRequest:
        """Hold virtual time while something outside is under way; from any thread."""
        return self.loop.hold()

    def spawn(self, async_fn: Callable[..., Awaitable[object]], *args: Any, name: str | None = None) -> None:
        """Run `async_fn(*args)` as a trio task beside the actors; from any thread.

        An exception is logged and ends that task only. The task is cancelled
        when the system is left.
        """
        if self._stage is not Stage.RUNNING:
            raise NoActorSystem(self._not_running("spawn a task"))
        name = name or getattr(async_fn, "__qualname__", repr(async_fn))
        self.queue.post(self._desk, Call(self._begin_task, (async_fn, args, name)))

    async def until_idle(self) -> None:
        """Wait until no message is queued, no foreground timer armed, no outside request held."""
        if not self.queue.on_loop():
            if self._stage in (Stage.NEW, Stage.CLOSED):
                raise NoActorSystem(self._not_running("wait for it"))
            raise KernelError("until_idle() belongs to the trio loop that runs the actors")
        await self.loop.until_idle()

    def on_idle(self, callback: Callable[[], object]) -> None:
        """Call `callback()` each time the system becomes idle, once."""
        self.loop.idle_callbacks.append(callback)

    def statistics(self) -> SystemStatistics:
        """Return what has been done so far."""
        return SystemStatistics(
            messages_handled=self.queue.handled,
            messages_dropped=self.queue.dead_letters.dropped,
            messages_queued=len(self.queue.entries),
            actors_started=self._started,
            actors_alive=len(self.living),
            timers_fired=self.loop.timers.fired,
            timers_pending=self.loop.timers.pending,
            outside_requests=len(self.loop.requests),
            turns=self.loop.turns,
        )

    def cut_off(self, keep: Collection[Timer] = ()) -> None:
        """Stop every actor at this instant, as the death of its process would.

        On the loop, from a timer's callback. No actor handles another message;
        timers, but for those of `keep`, and calls that wait are forgotten, and
        so is who waits for the system to be idle.
        """
        for actor in reversed(list(self.living.values())):
            actor._stop()
        waiting = list(self.queue.entries)
        self.queue.entries.clear()
        for receiver, message in waiting:
            # What actors were told stays: whoever asks a dead one is refused.
            if receiver in keep if isinstance(receiver, Timer) else receiver is not self._desk:
                self.queue.entries.append((receiver, message))
        self.timers.clear(keep)
        self.loop.idle_callbacks.clear()

    def arm(
        self, seconds: float, receiver: Receiver, message: Any, background: bool, owned: set[Timer] | None
    ) -> Timer:
        """Queue `message` for `receiver` in `seconds`; on the loop's thread only."""
        queue = self.queue
        if get_ident() != queue.thread:
            raise self._misplaced_timer()
        timer = self.timers.arm(self.clock.monotonic(), seconds, receiver, message, background, owned)
        if queue.asleep:
            queue.wake()
        return timer

    def _misplaced_timer(self) -> Exception:
        if self._stage in (Stage.NEW, Stage.CLOSED):
            return NoActorSystem(self._not_running("arm a timer"))
        return KernelError(
            "timers belong to the loop's thread: from another one use"
            " `system.call_soon_threadsafe(system.call_later, seconds, callback)`"
        )

    @trio.lowlevel.enable_ki_protection
    async def __aenter__(self) -> ActorSystem:
        if self._stage is not Stage.NEW:
            raise KernelError(f"this ActorSystem {self._stage.value}: make a new one")
        self._stage = Stage.RUNNING
        self._outer = current_system.get()
        current_system.set(self)
        self.queue.open()
        enter_loop()
        self._body.__enter__()
        # A system task: neither a cancelled body nor KeyboardInterrupt may stop the loop before its actors.
        trio.lowlevel.spawn_system_task(self._run, name="ActorSystem", context=copy_context())
        return self

    @trio.lowlevel.enable_ki_protection
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._close_asked.set()
        with trio.CancelScope(shield=True):
            await self._ended.wait()
        current_system.set(self._outer)
        leave_loop()
        swallowed = bool(self._body.__exit__(kind, exception, traceback))
        if self._failure is not None:
            raise self._failure
        return swallowed

    async def _run(self) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.loop.run, name="ActorSystem.loop")
            async with trio.open_nursery() as self._tasks:
                await self._close_asked.wait()
                self._tasks.cancel_scope.cancel()
            self._tasks = None
            self._stop_actors()
            self.loop.end()
        self._stage = Stage.CLOSED
        self.queue.close()
        self._ended.set()

    def _begin_task(
        self, async_fn: Callable[..., Awaitable[object]], args: tuple[Any, ...], name: str
    ) -> None:
        if self._tasks is not None:
            self._tasks.start_soon(guard, async_fn, args, name, self._failed, name=name)

    def _stop_actors(self) -> None:
        with self._stage_lock:
            self._stage = Stage.STOPPING
        for actor in reversed(list(self.living.values())):
            if actor.actor_ref.is_alive():
                actor.actor_ref.tell(_ActorStop())

    def _failed(self, failure: BaseException) -> None:
        """End in order because of what an actor or a task raised."""
        if self._failure is not None:
            logger.error("Another failure while the ActorSystem ends:", exc_info=failure)
            return
        self._failure = failure
        self._body.cancel()
        self._close_asked.set()
        self._stop_actors()

    def _not_running(self, what: str) -> str:
        mend = {
            Stage.NEW: "enter it first with `async with system:`",
            Stage.RUNNING: "it is running",
            Stage.STOPPING: "it takes no new work",
            Stage.CLOSED: "make a new one",
        }[self._stage]
        return f"can't {what}: this ActorSystem {self._stage.value}; {mend}"
