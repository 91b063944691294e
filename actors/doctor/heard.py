"""What the doctor hears of a call that is over."""

from __future__ import annotations

import msgspec

from runtime.calls import E164
from runtime.causes import CauseClass


class Heard(msgspec.Struct, frozen=True, gc=False):
    """One ended call. Times are seconds since the epoch.

    `answered` is None where the outcome says nothing of its number (failed,
    canceled, unknown); `fault` is set where the carrier failed the call.
    `local_hour` is the hour of the day where the contact is, None where its
    timezone isn't known. `ring_delay` is how long after its grant the call
    rang, None where it didn't.
    """

    at: float
    number: E164
    connection: str
    region: str | None
    local_hour: int | None
    attempt: int
    sticky: bool
    answered: bool | None
    fault: bool
    cause: CauseClass | None
    ring_delay: float | None
