"""One line of one of several daemons' logs."""

from __future__ import annotations

from typing import NamedTuple

from runtime.observe.events import Event
from trunkline.audit.report import shown_line


class FleetLine(NamedTuple):
    """A line, the place of its log among those that were given, and a number that names both."""

    daemon: int
    number: int
    time: float
    event: Event
    text: bytes

    @property
    def shown(self) -> str:
        """Give the line as it was read."""
        return shown_line(self.time, self.event, self.text)
