"""Trunkline, an outbound dialing engine to embed.

It decides for every attempt which number calls whom, and when it is safe to,
and places the call through a carrier adapter. What stands in `__all__` is the
whole public interface; importing it sets no handler, no signal and no default.
"""

from __future__ import annotations

from trunkline.shadowing import refuse_shadowed_packages

refuse_shadowed_packages()

from importlib import import_module
from typing import TYPE_CHECKING

from runtime.calls import CallEvent, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Carrier
from runtime.errors import (
    ConfigError,
    ContactRefused,
    ContactsError,
    EngineClosed,
    EngineError,
    JournalContradicted,
    JournalDamaged,
    JournalError,
    JournalInUse,
    KernelError,
    LogError,
    NoActorSystem,
    TrunklineError,
    UnknownName,
    WouldDeadlock,
)
from trunkline.version import __version__

if TYPE_CHECKING:
    from actors.doctor.advice import Finding
    from actors.pool.capacity import Breakdown
    from runtime.journal.sqlite import SqliteJournal
    from runtime.kernel import ActorSystem
    from trunkline.config import Config
    from trunkline.contact import CallResult, Contact, RecordedResult
    from trunkline.engine import Engine, RunResult

__all__ = [
    "ActorSystem",
    "Breakdown",
    "CallEvent",
    "CallProgress",
    "CallRequest",
    "CallResult",
    "Carrier",
    "Config",
    "ConfigError",
    "Contact",
    "ContactRefused",
    "ContactsError",
    "Engine",
    "EngineClosed",
    "EngineError",
    "Finding",
    "JournalContradicted",
    "JournalDamaged",
    "JournalError",
    "JournalInUse",
    "KernelError",
    "LogError",
    "NoActorSystem",
    "Outcome",
    "RecordedResult",
    "RunResult",
    "SqliteJournal",
    "TrunklineError",
    "UnknownName",
    "WouldDeadlock",
    "__version__",
]

_LATER = {
    "ActorSystem": "runtime.kernel",
    "Breakdown": "actors.pool.capacity",
    "Finding": "actors.doctor.advice",
    "CallResult": "trunkline.contact",
    "Config": "trunkline.config",
    "Contact": "trunkline.contact",
    "Engine": "trunkline.engine",
    "RecordedResult": "trunkline.contact",
    "RunResult": "trunkline.engine",
    "SqliteJournal": "runtime.journal.sqlite",
}


def __getattr__(name: str) -> object:
    """Import what is heavy when it is first asked for."""
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module 'trunkline' has no attribute {name!r}")
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


def _name_errors() -> None:
    """Let tracebacks show the names that embedders catch."""
    for error in list(globals().values()):
        if isinstance(error, type) and issubclass(error, TrunklineError):
            error.__module__ = "trunkline"


_name_errors()
del _name_errors, refuse_shadowed_packages
