"""Write instants as UTC in ISO-8601 with six decimals and a Z."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timestamps:
    """Format seconds since the epoch; fast while many fall into one second."""

    def __init__(self) -> None:
        self._time: float | None = None
        self._text = b""
        self._second = 0
        self._prefix = b"1970-01-01T00:00:00"

    def __call__(self, time: float) -> bytes:
        """Return e.g. b"2026-01-05T00:00:00.000000Z", rounded to a microsecond."""
        if time == self._time:
            return self._text
        second, microsecond = divmod(round(time * 1_000_000), 1_000_000)
        if second != self._second:
            moment = EPOCH + timedelta(seconds=second)
            self._prefix = moment.replace(tzinfo=None).isoformat().encode()
            self._second = second
        self._text = b"%b.%06dZ" % (self._prefix, microsecond)
        self._time = time
        return self._text
