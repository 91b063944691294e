"""The events that an engine tells; docs/events.md describes them."""

from runtime.observe.events import (
    CallAnswered,
    CallEnded,
    CallRinging,
    ContactFinished,
    DispatchGranted,
    Event,
)

__all__ = ["CallAnswered", "CallEnded", "CallRinging", "ContactFinished", "DispatchGranted", "Event"]
