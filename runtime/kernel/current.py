"""Which system `Cls.start(…)` means, and whose thread this is."""

from __future__ import annotations

from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING

import trio

from runtime.errors import NoActorSystem

if TYPE_CHECKING:
    from runtime.kernel.system import ActorSystem

current_system: ContextVar[ActorSystem | None] = ContextVar("current_system", default=None)
"""The system that the running trio task belongs to."""

_hosted: trio.lowlevel.RunVar[int] = trio.lowlevel.RunVar("hosted", 0)
"""How many systems the trio loop of this thread runs."""

_threads: list[ActorSystem] = []
_threads_lock = Lock()


def find_system() -> ActorSystem:
    """Return the system of this context, else the only one in a thread."""
    system = current_system.get()
    if system is not None and system.running:
        return system
    with _threads_lock:
        running = [each for each in _threads if each.running]
    if len(running) == 1:
        return running[0]
    if running:
        raise NoActorSystem(
            f"{len(running)} ActorSystems run in threads: say which one with `system.start(Cls, …)`"
        )
    raise NoActorSystem(
        "no ActorSystem is running here: start actors inside `async with ActorSystem() as system:`"
        " or `with ActorSystem.in_thread() as system:`"
    )


def on_actors_loop() -> bool:
    """Tell whether waiting here would stop a loop that runs actors."""
    return trio.lowlevel.in_trio_run() and _hosted.get() > 0


def enter_loop() -> None:
    """Note that the loop of this thread runs one system more."""
    _hosted.set(_hosted.get() + 1)


def leave_loop() -> None:
    """Note that the loop of this thread runs one system fewer."""
    _hosted.set(_hosted.get() - 1)


def enter_thread(system: ActorSystem) -> None:
    """Make an `in_thread` system findable from every thread."""
    with _threads_lock:
        _threads.append(system)


def leave_thread(system: ActorSystem) -> None:
    """Take an `in_thread` system out of sight."""
    with _threads_lock:
        _threads.remove(system)
