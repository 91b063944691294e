"""What embedders import, and what importing it does to their process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import trunkline

PUBLIC_NAMES = [
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


def in_a_fresh_process(program: str) -> object:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_public_names_change_only_on_purpose() -> None:
    assert trunkline.__all__ == PUBLIC_NAMES


def test_the_public_names_are_sorted() -> None:
    assert trunkline.__all__ == sorted(trunkline.__all__)


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert getattr(trunkline, name) is not None


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in PUBLIC_NAMES
        if isinstance(getattr(trunkline, name), type) and issubclass(getattr(trunkline, name), Exception)
    ],
)
def test_a_traceback_shows_the_name_that_embedders_catch(name: str) -> None:
    error = getattr(trunkline, name)

    assert f"{error.__module__}.{error.__qualname__}" == f"trunkline.{name}"


@pytest.mark.parametrize(
    "module", ["redis", "sqlite3", "typer", "phonenumbers.geocoder", "phonenumbers.geodata"]
)
def test_importing_trunkline_does_not_import(module: str) -> None:
    loaded = in_a_fresh_process("import json, sys, trunkline; print(json.dumps(sorted(sys.modules)))")

    assert isinstance(loaded, list)
    assert module not in loaded


def test_importing_trunkline_changes_nothing_in_the_process() -> None:
    program = """
import asyncio, gc, json, locale, logging, random, signal, socket, sys, threading, warnings

def state():
    loggers = [logging.getLogger(), *logging.root.manager.loggerDict.values()]
    return {
        "handlers": [
            repr(handler)
            for logger in loggers
            for handler in getattr(logger, "handlers", ())
            if not isinstance(handler, logging.NullHandler)
        ],
        "level": logging.root.level,
        "signals": [repr(signal.getsignal(number)) for number in signal.valid_signals()],
        "hooks": [repr(hook) for hook in (sys.excepthook, sys.unraisablehook, threading.excepthook)],
        "switch interval": sys.getswitchinterval(),
        "recursion limit": sys.getrecursionlimit(),
        "collector": [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()],
        "random": hash(random.getstate()),
        "locale": locale.setlocale(locale.LC_ALL),
        "timeout": socket.getdefaulttimeout(),
        "event loop policy": asyncio.get_event_loop_policy.__module__,
        "threads": threading.active_count(),
        "warnings": repr(warnings.filters),
        "path": sys.path[:],
    }

before = state()
import trunkline
after = state()
print(json.dumps({name: [before[name], after[name]] for name in before if before[name] != after[name]}))
"""
    assert in_a_fresh_process(program) == {}
