"""Trunkline, an outbound dialing engine to embed.

It decides for every attempt which number calls whom, and when it is safe to,
and places the call through a carrier adapter. What stands in `__all__` is the
whole public interface; importing it sets no handler, no signal and no default.
"""

from __future__ import annotations

from trunkline.shadowing import refuse_shadowed_packages

refuse_shadowed_packages()

from runtime.calls import CallEvent, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Carrier
from runtime.errors import (
    ConfigError,
    ContactRefused,
    ContactsError,
    EngineClosed,
    EngineError,
    KernelError,
    LogError,
    NoActorSystem,
    TrunklineError,
    UnknownName,
    WouldDeadlock,
)

from trunkline.version import __version__

__all__ = [
    "CallEvent",
    "CallProgress",
    "CallRequest",
    "Carrier",
    "ConfigError",
    "ContactRefused",
    "ContactsError",
    "EngineClosed",
    "EngineError",
    "KernelError",
    "LogError",
    "NoActorSystem",
    "Outcome",
    "TrunklineError",
    "UnknownName",
    "WouldDeadlock",
    "__version__",
]

for _error in (
    ConfigError,
    ContactRefused,
    ContactsError,
    EngineClosed,
    EngineError,
    KernelError,
    LogError,
    NoActorSystem,
    TrunklineError,
    UnknownName,
    WouldDeadlock,
):
    _error.__module__ = "trunkline"  # tracebacks show the name that embedders catch
del _error, refuse_shadowed_packages
