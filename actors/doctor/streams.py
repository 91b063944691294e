"""The streams that a call is part of: its number's, connection's, country's, hour's and all calls'.

Each is tested for a drop by itself; calls of one connection, country and local
hour belong to the same ones, so that they are looked up together.
"""

from __future__ import annotations

from enum import Enum

from actors.doctor.changepoint import DropTest
from actors.doctor.heard import Heard
from runtime.calls import E164


class Scope(str, Enum):
    """Whose calls a decline is seen in."""

    NUMBER = "number"
    CONNECTION = "connection"
    COUNTRY = "country"
    HOUR = "hour"
    EVERYWHERE = "everywhere"


class Stream:
    """The calls of one group under test."""

    __slots__ = ("first_hour", "members", "name", "scope", "test")

    def __init__(self, scope: Scope, name: str | int | None) -> None:
        self.scope = scope
        self.name = name
        self.test = DropTest()
        self.members: dict[E164, float] = {}
        """The numbers whose calls are under suspicion, and what each adds to the sum."""
        self.first_hour: int | None = None
        """The local hour of the first of them."""

    def clear(self) -> None:
        """Start anew: nothing is suspected."""
        self.test.clear()
        self.members.clear()


class Group:
    """Calls of one connection, country and local hour: the streams that they are part of.

    `expected` and `answered` fade: how such calls did of late.
    """

    __slots__ = ("answered", "began", "expected", "hour", "last", "region", "streams", "tests")

    def __init__(self, at: float, region: str | None, hour: int | None, streams: tuple[Stream, ...]) -> None:
        self.began = self.last = at
        """When the hour began, as far as this group's calls tell, and when its last call ended."""
        self.region = region
        self.hour = hour
        self.streams = streams
        self.tests = tuple(stream.test for stream in streams)
        self.expected = 0.0
        self.answered = 0.0


class Streams:
    """All streams of a campaign, the first that was begun first."""

    __slots__ = ("groups", "own", "streams")

    def __init__(self) -> None:
        self.streams: dict[tuple[Scope, str | int | None], Stream] = {}
        self.groups: dict[tuple[str, str | None, int | None], Group] = {}
        """By connection, country and local hour."""
        self.own: dict[E164, Stream] = {}
        """Each number's own."""

    def begin(self, number: E164) -> Stream:
        """Give a number's own stream; begin it if it hasn't one."""
        stream = self.own[number] = self._stream(Scope.NUMBER, number)
        return stream

    def drop(self, number: E164) -> None:
        """Forget a number's own stream."""
        self.own.pop(number, None)
        self.streams.pop((Scope.NUMBER, number), None)

    def group_of(self, heard: Heard) -> Group:
        """Make the group that a call is the first of."""
        hour = heard.local_hour
        streams = [
            self._stream(Scope.CONNECTION, heard.connection),
            self._stream(Scope.EVERYWHERE, None),
        ]
        if heard.region is not None:
            streams.append(self._stream(Scope.COUNTRY, heard.region))
        if hour is not None:
            # A drop that begins in an hour goes on in the next.
            streams.append(self._stream(Scope.HOUR, hour))
            streams.append(self._stream(Scope.HOUR, (hour - 1) % 24))
        group = Group(heard.at, heard.region, hour, tuple(streams))
        self.groups[heard.connection, heard.region, hour] = group
        return group

    def clear(self, *, numbers: bool) -> None:
        """Suspect nothing any more of what calls have in common; nor of `numbers`."""
        for stream in self.streams.values():
            if numbers or stream.scope is not Scope.NUMBER:
                stream.clear()

    def _stream(self, scope: Scope, name: str | int | None) -> Stream:
        stream = self.streams.get((scope, name))
        if stream is None:
            stream = self.streams[scope, name] = Stream(scope, name)
        return stream
