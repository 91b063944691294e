"""pykka's actors on trio, with a clock that can jump."""

from runtime.kernel.actor import TrioActor
from runtime.kernel.clock import Clock, RealClock, VirtualClock
from runtime.kernel.engine_actor import EngineActor
from runtime.kernel.future import TrioFuture
from runtime.kernel.handlers import handles
from runtime.kernel.outside import OutsideRequest
from runtime.kernel.system import ActorSystem, SystemStatistics
from runtime.kernel.timers import Timer

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
