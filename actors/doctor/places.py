"""Where calls go: a country at a local hour, and how its calls did since they were last told of."""

from __future__ import annotations

from actors.doctor.expectation import Context, Course, Turn
from actors.doctor.streams import Stream

HOUR_SECONDS = 3600.0
HOUR_FADE = 0.99
"""How a place's answers of late fade, a call."""


class Tally:
    """Calls to one place at one turn of their contacts, until they are told of to its streams."""

    __slots__ = (
        "answered",
        "apart",
        "began",
        "calls",
        "context",
        "evidence",
        "expected",
        "held",
        "held_answered",
        "place",
    )

    def __init__(self, place: Place, context: Context) -> None:
        self.place = place
        self.context = context
        self.began = 0.0
        """When the first of them ended."""
        self.calls = 0
        self.answered = 0
        self.expected = 0.0
        self.evidence = 1.0
        """The likelihood ratio of fewer answers."""
        self.held = self.held_answered = 0
        """Of these, those that teach nothing: they are under suspicion."""
        self.apart = place.apart
        """Whether its calls need a closer look: its place is asleep, or under suspicion."""

    def clear(self) -> None:
        """Begin anew."""
        self.calls = self.answered = self.held = self.held_answered = 0
        self.expected = 0.0
        self.evidence = 1.0


class Place:
    """A country at a local hour: the streams that its calls are part of.

    `expected` and `answered` fade: how such calls did of late.
    """

    __slots__ = (
        "answered",
        "apart",
        "asleep",
        "began",
        "course",
        "ended",
        "expected",
        "hour",
        "last",
        "region",
        "streams",
        "tallies",
        "teaches",
    )

    def __init__(
        self,
        at: float,
        region: str | None,
        hour: int | None,
        streams: tuple[Stream, ...],
        course: Course,
    ) -> None:
        self.began = self.last = at
        """When the hour began, as far as these calls tell, and when its last call ended."""
        self.region = region
        self.hour = hour
        self.streams = streams
        self.course = course
        """How its country's calls have done."""
        self.ended = 0
        """How many calls have ended since they were last asked for."""
        self.expected = 0.0
        self.answered = 0.0
        self.asleep = False
        """Whether its hour is one in which fewer answer, as is known."""
        self.apart = False
        """Whether it is asleep, or one of its streams under suspicion."""
        self.teaches = True
        """Whether what is learnt from its calls may become what is expected."""
        self.tallies: dict[Turn, Tally] = {}

    def take_ended(self) -> int:
        """Give how many calls have ended since that was last asked, also those that say nothing."""
        ended, self.ended = self.ended, 0
        return ended

    def tell(self, tally: Tally, at: float) -> None:
        """Tell its streams of calls, of which the last ended at `at`."""
        calls, answered, expected = tally.calls, tally.answered, tally.expected
        for stream in self.streams:
            stream.gather(tally.began, self.hour, tally.evidence, calls, answered, expected)
        if tally.began - self.last > HOUR_SECONDS:
            self.began = tally.began
        self.last = at
        fade = HOUR_FADE**calls
        self.expected = self.expected * fade + expected
        self.answered = self.answered * fade + answered

    def look(self) -> None:
        """Take in whether its calls need a closer look, and whether they teach."""
        self.teaches = all(stream.teaches for stream in self.streams)
        apart = self.asleep or any(stream.suspect for stream in self.streams)
        if apart is not self.apart:
            self.apart = apart
            for tally in self.tallies.values():
                tally.apart = apart
