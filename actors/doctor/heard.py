"""What the doctor hears of a call that is over."""

from __future__ import annotations

import msgspec

from runtime.calls import E164


class Heard(msgspec.Struct, frozen=True, gc=False):
    """One ended call. Times are seconds since the epoch.

    `answered` is None where the outcome says nothing of its number (failed,
    canceled, unknown); `fault` is set where the carrier failed the call.
    `local_hour` is the hour of the day where the contact was when it began, as
    who answers talks on into the next; None where its timezone isn't known.
    `fresh` is a contact's first call, `sticky` one from its own number.
    `ring_delay` is how many seconds after its grant the call rang, None where
    it didn't.
    """

    at: float
    number: E164
    connection: str
    region: str | None
    local_hour: int | None
    fresh: bool
    sticky: bool
    answered: bool | None
    fault: bool
    cause: str | None
    ring_delay: float | None
