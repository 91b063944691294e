"""What a campaign's calls have in common: places that they go to, and the streams that these are part of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log

from actors.doctor.caller import Caller
from actors.doctor.changepoint import MOST, RATIO, missed_step
from actors.doctor.evening import half_day
from actors.doctor.expectation import Course, Expectations, Turn
from actors.doctor.places import Place, Tally
from actors.doctor.streams import Scope, Stream
from runtime.calls import E164


class Groups:
    """A campaign's streams and places; constant memory a connection, country and hour."""

    def __init__(self, expectations: Expectations, callers: Mapping[E164, Caller]) -> None:
        self._expectations = expectations
        self._callers = callers
        self.course = Course()
        """How all calls have done."""
        self._courses: dict[str | None, Course] = {}
        self.places: dict[tuple[str | None, int | None], Place] = {}
        self.streams: dict[tuple[Scope, str | int | None], Stream] = {}
        self._everywhere = self.stream(Scope.EVERYWHERE, None)
        self._asleep: set[int] = set()
        """The hours in which fewer answer, as is known: they are neither tested nor learnt from."""

    def tally(self, at: float, region: str | None, hour: int | None, turn: Turn) -> Tally:
        """Find where a country's calls at a local hour are counted."""
        place = self.places.get((region, hour))
        if place is None:
            place = self._place(at, region, hour)
        tally = place.tallies.get(turn)
        if tally is None:
            tally = place.tallies[turn] = Tally(place, self._expectations.context(region, turn))
        return tally

    def stream(self, scope: Scope, name: str | int | None) -> Stream:
        """Find a stream."""
        stream = self.streams.get((scope, name))
        if stream is None:
            stream = self.streams[scope, name] = Stream(scope, name)
        return stream

    def is_tested(self, caller: Caller, tally: Tally, answered: bool) -> bool:
        """Tell whether a call that needs a closer look is tested as others are, and note what it needs."""
        place, connection, context = tally.place, caller.connection, tally.context
        if place.asleep or caller.muted or caller.warming:
            return False
        if not (place.teaches and (connection is None or connection.teaches)):
            tally.held += 1
            tally.held_answered += answered
        step = log(RATIO if answered else missed_step(min(MOST, context.rate * caller.level)))
        for stream in place.streams if connection is None else (connection, *place.streams):
            if stream.suspect:
                stream.members[caller.number] = stream.members.get(caller.number, 0.0) + step
        return True

    def tell(self, at: float, busy: Iterable[Caller], tallied: list[Tally]) -> dict[Stream, None]:
        """Tell the streams of what was counted by callers and places; give those that were told."""
        told: dict[Stream, None] = {}
        began = tallied[0].began if tallied else at
        for caller in busy:
            stream = caller.connection
            if stream is not None:
                calls, answered, expected = caller.told
                answered = caller.answered - answered
                expected = (caller.expected - expected) * caller.level
                stream.course.answered += answered
                stream.course.expected += expected
                stream.gather(began, None, caller.evidence, caller.calls - calls, answered, expected)
                told[stream] = None
        for tally in tallied:
            tally.place.tell(tally, at)
            told.update(dict.fromkeys(tally.place.streams))
        turned = []
        for stream in told:
            was = stream.suspect, stream.teaches
            stream.add_up()
            if (stream.suspect, stream.teaches) != was:
                turned.append(stream.scope)
        if Scope.CONNECTION in turned:
            for caller in self._callers.values():
                self.look_at(caller)
        if turned and turned != [Scope.CONNECTION]:
            self._look_at_places()
        return told

    def sleep(self, evening: int) -> None:
        """Watch calls no longer in the half day that begins with `evening`."""
        self._asleep.update(half_day(evening))

    def wake(self, evening: int, hours: int) -> None:
        """Watch calls again that come `hours` or more after `evening`."""
        self._asleep.difference_update(half_day(evening, hours))
        self._look_at_places()

    def clear(self) -> None:
        """Suspect nothing any more of what calls have in common."""
        for stream in self.streams.values():
            stream.clear()
        for caller in self._callers.values():
            self.look_at(caller)
        self._look_at_places()

    def look_at(self, caller: Caller) -> None:
        """Take in whether a number's calls need a closer look."""
        suspect = caller.connection is not None and caller.connection.suspect
        caller.apart = caller.muted or caller.warming or suspect

    def _look_at_places(self) -> None:
        for place in self.places.values():
            place.asleep = place.hour in self._asleep
            place.look()

    def _place(self, at: float, region: str | None, hour: int | None) -> Place:
        streams = [self._everywhere]
        if region is not None:
            streams.append(self.stream(Scope.COUNTRY, region))
        if hour is not None:
            # A drop that begins in an hour goes on in the next.
            streams.append(self.stream(Scope.HOUR, hour))
            streams.append(self.stream(Scope.HOUR, (hour - 1) % 24))
        place = self.places[region, hour] = Place(
            at, region, hour, tuple(streams), self._courses.setdefault(region, Course())
        )
        place.asleep = hour in self._asleep
        place.look()
        return place
