"""What an application gives the engine, and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from runtime.observe.events import CallEnded


class Contact(msgspec.Struct, frozen=True):
    """Somebody to call.

    `phone` is written as people write it; without an `id` the contact gets
    the count of those added so far. `timezone` is an IANA name; `extra` is
    handed to the carrier.
    """

    phone: str
    id: str | None = None
    timezone: str | None = None
    extra: Mapping[str, str] = msgspec.field(default_factory=dict)

    def fields(self) -> dict[str, str]:
        """Give the contact as a row of a contacts file."""
        known = {"id": self.id, "timezone": self.timezone}
        return {**self.extra, "phone": self.phone, **{name: said for name, said in known.items() if said}}


class CallResult(msgspec.Struct, frozen=True):
    """What became of one placed call. Seconds; see `call.ended` in docs/events.md."""

    campaign: str
    contact: str
    call: str
    number: str
    connection: str
    outcome: str
    disposition: str | None
    ring_seconds: float | None
    talk_seconds: float | None
    cause: str | None

    @classmethod
    def of(cls, event: CallEnded) -> CallResult:
        """Take the result out of its event."""
        return cls(
            event.campaign or "",
            event.contact,
            event.call,
            event.number,
            event.connection,
            event.outcome,
            event.disposition,
            event.ring_seconds,
            event.talk_seconds,
            event.cause,
        )


class RecordedResult(CallResult, frozen=True):
    """A result as the journal holds it, at a position that can be acknowledged.

    `at` is when the call ended, seconds since the epoch.
    """

    position: int
    at: float
