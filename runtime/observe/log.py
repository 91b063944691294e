"""The log: a sink that writes each event as a line, through structlog."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any

import structlog

from runtime.errors import LogError
from runtime.observe.events import Event
from runtime.observe.log_file import LogFile
from runtime.observe.renderers import JsonRenderer, Renderer

SEVERITIES = logging.getLevelNamesMapping()


class LogLevel(str, Enum):
    """The least level that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class EventLog:
    """Write the events of a level and above to a file, one a line.

    Nothing but the event and the time it is given reaches a line, so equal
    runs write equal bytes. structlog's global configuration is neither read
    nor changed.
    """

    def __init__(
        self, file: LogFile, *, level: LogLevel = LogLevel.INFO, renderer: Renderer | None = None
    ) -> None:
        self.file = file
        self.level = level
        self._logger = structlog.wrap_logger(
            file,
            processors=[renderer or JsonRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(SEVERITIES[level.value.upper()]),
            context_class=dict,
            cache_logger_on_first_use=True,
        ).bind()
        self._methods: dict[type[Event], Callable[..., Any]] = {}

    def wants(self, kind: type[Event]) -> bool:
        """Say whether events of this type are written at all."""
        return SEVERITIES[kind.level.upper()] >= SEVERITIES[self.level.value.upper()]

    def __call__(self, time: float, event: Event) -> None:
        """Write the event's line; LogError at the file's first failure, or a processor's."""
        kind = type(event)
        method = self._methods.get(kind)
        if method is None:
            method = self._methods[kind] = getattr(self._logger, kind.level)
        try:
            method(kind.event, time=time, record=event)
        except LogError:
            raise
        except Exception as error:
            raise LogError(self.file.name, f"a processor failed on {kind.event}: {error!r}") from error

    def flush(self) -> None:
        """Write what is buffered; raises LogError as a line does."""
        self.file.flush()

    def reopen(self) -> None:
        """Go on in a new file under the same path, as after SIGHUP."""
        self.file.reopen()

    def close(self) -> None:
        """Write what is left and close the file."""
        self.file.close()
