"""A journal that keeps what is under way, for as long as the process lives."""

from __future__ import annotations

from runtime.calls import CallId
from runtime.journal.base import Durable, Intent, Record
from runtime.kernel import EngineActor, handles


class MemoryJournal(EngineActor):
    """Keep the intents whose calls are not over; forget them when they are."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: dict[CallId, Intent] = {}

    @handles(Record)
    def record(self, message: Record) -> None:
        """Take in an entry and answer at once."""
        entry = message.entry
        if type(entry) is Intent:
            self.under_way[entry.call] = entry
        else:
            self.under_way.pop(entry.call, None)
        message.ref.tell(Durable(entry.call))
