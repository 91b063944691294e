"""Errors that are made on purpose are not logged; all others end the seed."""

from __future__ import annotations

import logging
import traceback

from tests.simulation.violations import InjectedError, Violation


class _Alarm(logging.Handler):
    """Takes a failure of an actor that nobody has planned for what it is."""

    def emit(self, record: logging.LogRecord) -> None:
        info = record.exc_info
        error = info[1] if isinstance(info, tuple) else None
        if not isinstance(error, Exception) or isinstance(error, InjectedError):
            return
        where = "".join(traceback.format_tb(error.__traceback__, limit=-3))
        raise Violation(0, f"{record.getMessage()} {error!r}\n{where}")


def listen_for_failures() -> None:
    """Let an unplanned failure of an actor or a callback end the seed as a violation."""
    for name in ("pykka", "runtime.kernel"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.ERROR)
        logger.handlers[:] = [_Alarm()]
    carriers = logging.getLogger("trunkline")
    carriers.propagate = False
    carriers.setLevel(logging.CRITICAL)
