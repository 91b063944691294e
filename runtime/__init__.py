"""What carries the actors, and the edge of the world; knows no rule of dialing."""

from runtime.kernel import (
    ActorSystem,
    Clock,
    EngineActor,
    OutsideRequest,
    RealClock,
    SystemStatistics,
    Timer,
    TrioActor,
    TrioFuture,
    VirtualClock,
    handles,
)

__all__ = [
    "ActorSystem",
    "Clock",
    "EngineActor",
    "OutsideRequest",
    "RealClock",
    "SystemStatistics",
    "Timer",
    "TrioActor",
    "TrioFuture",
    "VirtualClock",
    "handles",
]
