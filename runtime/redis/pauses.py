"""How long a server that has failed is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

FIRST = 0.05
"""Seconds after the first failure; twice as long after each further one."""


@dataclass(slots=True)
class _Pause:
    seconds: float
    until: float
    reason: str


class Pauses:
    """Pauses that double with each failure of a server and end with its first answer.

    `longest` is in seconds. A server is anything that hashes; None stands for
    finding out where the servers are.
    """

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest = longest
        self._clock = clock
        self._pauses: dict[Hashable, _Pause] = {}

    def reason(self, server: Hashable) -> str | None:
        """Say why the server isn't to be tried now; None if it may be."""
        pause = self._pauses.get(server)
        return None if pause is None or self._clock() >= pause.until else pause.reason

    def has_failed(self, server: Hashable) -> bool:
        """Tell whether the server's last attempt failed."""
        return server in self._pauses

    def failed(self, server: Hashable, reason: str) -> None:
        """Leave the server alone for a while."""
        last = self._pauses.get(server)
        seconds = min(FIRST if last is None else last.seconds * 2, self._longest)
        self._pauses[server] = _Pause(seconds, self._clock() + seconds, reason)

    def worked(self, server: Hashable) -> None:
        """Note that the server answers."""
        self._pauses.pop(server, None)
