"""Where actors hand in their events, and whoever listens gets them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from runtime.errors import LogError
from runtime.observe.events import ActorCrashed, Event

Sink = Callable[[float, Event], None]
"""Takes an event and its time in seconds since the epoch; quick, never emits.

A sink with a method `wants(type) -> bool` gets only the types it wants; it is
asked once a type.
"""

logger = logging.getLogger("trunkline")


class TimeSource(Protocol):
    """What stamps the events: a clock of the kernel."""

    def time(self) -> float: ...


class Observer:
    """Stamp each event with the clock's time and hand it to every sink, in order.

    `emit` belongs to the loop's thread; `subscribe` works from any. A sink
    that raises is named in the log (`actor.crashed`) and gets nothing more. Only the log may raise
    LogError: it stays, and `failed` is called once, after all sinks have had
    the event; whoever acts on events looks at `failure` before acting.
    """

    def __init__(self, clock: TimeSource, *sinks: Sink) -> None:
        self.failed: Callable[[LogError], None] | None = None
        self.failure: LogError | None = None
        self._breaking: LogError | None = None
        self._crashed: list[ActorCrashed] = []
        self._now = clock.time
        self._sinks = sinks
        self._routes: dict[type[Event], tuple[Sink, ...]] = {}
        self._unheard: dict[type[Event], None] = {}
        """The types that nobody listens to; each has its count."""
        self._counts: dict[type[Event], int] = {}
        self._changing = threading.Lock()

    def emit(self, event: Event) -> None:
        """Hand an event to whoever wants it."""
        kind = type(event)
        counts = self._counts
        if kind in self._unheard:
            counts[kind] += 1
            return
        counts[kind] = counts.get(kind, 0) + 1
        sinks = self._routes.get(kind)
        if sinks is None:
            sinks = self._route(kind)
        if not sinks:
            return
        time = self._now()
        for sink in sinks:
            try:
                sink(time, event)
            except Exception as error:
                self._blame(sink, event, error)
        if self._crashed:
            crashed, self._crashed = self._crashed, []
            for news in crashed:
                self.emit(news)
        if self._breaking is not None:
            failure, self._breaking = self._breaking, None
            self.fail(failure)

    def wants(self, kind: type[Event]) -> bool:
        """Say whether anybody listens to this type, before an event is built in vain."""
        sinks = self._routes.get(kind)
        return bool(self._route(kind) if sinks is None else sinks)

    def spares(self, kind: type[Event]) -> bool:
        """Count an event that nobody listens to, in place of building and emitting it.

        False, and nothing counted, where somebody does.
        """
        if kind in self._unheard:
            self._counts[kind] += 1
            return True
        if self.wants(kind):
            return False
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return True

    def subscribe(self, callback: Sink) -> Callable[[], None]:
        """Hand every later event to the callback too; the result ends it."""
        with self._changing:
            self._change((*self._sinks, callback))
        return partial(self._detach, callback)

    def count(self, kind: type[Event]) -> int:
        """Say how many events of this type were emitted."""
        return self._counts.get(kind, 0)

    def counts(self) -> Mapping[str, int]:
        """Return how many events were emitted, by name, sorted."""
        return dict(sorted((kind.event, count) for kind, count in self._counts.items() if count))

    def _blame(self, sink: Sink, event: Event, error: Exception) -> None:
        """Remember a log that can't be written until all sinks have had the event; drop others."""
        if isinstance(error, LogError):
            self._breaking = error
            return
        logger.error("an observer failed on %s; it gets no more events", event.event, exc_info=error)
        name = getattr(sink, "__qualname__", type(sink).__qualname__)
        self._crashed.append(ActorCrashed(actor=f"observer {name}", message=event.event, error=repr(error)))
        self._detach(sink)

    def fail(self, failure: LogError) -> None:
        """Report that the log can't be written; once, however often it fails."""
        if self.failure is not None:
            return
        self.failure = failure
        if self.failed is None:
            logger.error("%s", failure)
        else:
            self.failed(failure)

    def _route(self, kind: type[Event]) -> tuple[Sink, ...]:
        routes, unheard = self._routes, self._unheard
        sinks = routes[kind] = tuple(sink for sink in self._sinks if _wants(sink, kind))
        if not sinks:
            self._counts.setdefault(kind, 0)
            unheard[kind] = None
        return sinks

    def _detach(self, sink: Sink) -> None:
        with self._changing:
            self._change(tuple(kept for kept in self._sinks if kept is not sink))

    def _change(self, sinks: tuple[Sink, ...]) -> None:
        self._sinks = sinks
        self._routes = {}
        self._unheard = {}


def _wants(sink: Sink, kind: type[Event]) -> bool:
    wants: Callable[[type[Event]], bool] | None = getattr(sink, "wants", None)
    return wants is None or wants(kind)
