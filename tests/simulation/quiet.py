"""Errors that are made on purpose are not logged; all others end the seed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation.violations import Violation
from tests.trunkline.engine.crashing import Fault


class _Alarm(logging.Handler):
    """Takes a failure of an actor that nobody has planned for what it is."""

    def emit(self, record: logging.LogRecord) -> None:
        info = record.exc_info
        error = info[1] if isinstance(info, tuple) else None
        if not isinstance(error, Exception) or isinstance(error, Fault):
            return
        where = "".join(traceback.format_tb(error.__traceback__, limit=-3))
        raise Violation(0, f"{record.getMessage()} {error!r}\n{where}")


@contextmanager
def listen_for_failures() -> Iterator[None]:
    """Let an unplanned failure of an actor or a callback end the seed as a violation."""
    loggers = [logging.getLogger(name) for name in ("pykka", "runtime.kernel", "trunkline")]
    before = [(logger, logger.propagate, logger.level, list(logger.handlers)) for logger in loggers]
    for logger in loggers:
        logger.propagate = False
        logger.setLevel(logging.ERROR)
        logger.handlers[:] = [_Alarm()]
    loggers[-1].setLevel(logging.CRITICAL)
    loggers[-1].handlers[:] = before[-1][3]
    try:
        yield
    finally:
        for logger, propagate, level, handlers in before:
            logger.propagate = propagate
            logger.setLevel(level)
            logger.handlers[:] = handlers
