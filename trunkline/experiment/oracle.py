"""What somebody who knew the true answer rates would have lost less than we did.

The regret of a call is the highest true answer rate, at the moment of its
grant, among the numbers that it could have gone by, less that of the number
it went by; a run's regret is the sum over its calls, in answers. It could
have gone by the campaign's numbers that are of the same tier for this
contact, that may be dialed (active, not flagged, not resting, their
connection not open) and that had a free slot, as had their connection, when
the call was granted. A contact with a sticky number has no choice, nor has a
probe: they are left out. What is full costs nothing: no oracle could have
called from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from actors.pool.geography import Place, offset_distance, place_of
from runtime.calls import E164
from runtime.carriers.changes import Timeline, all_habits, condition_over_time
from runtime.carriers.options import Habits
from runtime.observe import events
from runtime.observe.events import Event
from trunkline.config import Config

_BARS = {
    events.NumberFlagged: ("flagged", True),
    events.NumberUnflagged: ("flagged", False),
    events.NumberPaused: ("paused", True),
    events.NumberResumed: ("paused", False),
    events.NumberResting: ("resting", True),
    events.NumberRested: ("resting", False),
}
_WANTED = frozenset(
    (
        *_BARS,
        events.CampaignStarted,
        events.DispatchGranted,
        events.CallEnded,
        events.NumberAdded,
        events.NumberRemoved,
        events.ConnectionOpened,
        events.ConnectionClosed,
        events.ConnectionLimitChanged,
    )
)


class TrueRates:
    """The chance that a call from a number is answered, by time."""

    def __init__(self, config: Config) -> None:
        self._numbers: dict[str, Timeline[Habits]] = {}
        self._others: dict[str, Timeline[Habits]] = {}
        self._conditions = {}
        for row in config.carriers:
            options, numbers = config.simulated(row.connection)
            episodes = config.episodes(row.connection)
            self._others[row.connection], differing = all_habits(options, numbers, episodes)
            self._numbers |= {str(number): habits for number, habits in differing.items()}
            self._conditions[row.connection] = condition_over_time(options, episodes)

    def of(self, number: str, connection: str, seconds: float) -> float:
        """Give the rate at a time after the start; 0 while the connection is away."""
        if self._conditions[connection].at(seconds).away:
            return 0.0
        return self._numbers.get(number, self._others[connection]).at(seconds).answer_rate


class _Number:
    """A number of the pool, as the log tells of it."""

    __slots__ = ("bars", "connection", "in_use", "limit", "number", "place")

    def __init__(self, number: str, connection: str, limit: int | None) -> None:
        self.number = number
        self.connection = connection
        self.limit = limit
        self.in_use = 0
        self.bars: set[str] = set()
        self.place: Place = place_of(number)


class RegretMeter:
    """A sink that adds up what a run has lost against the oracle.

    `calls` are those that had a choice to make, `regret` their sum in answers.
    """

    def __init__(self, rates: TrueRates, start: float) -> None:
        self.regret = 0.0
        self.calls = 0
        self._rates = rates
        self._start = start
        self._numbers: dict[str, _Number] = {}
        self._pools: dict[str, dict[str, _Number]] = {}
        self._limits: dict[str, int] = {}
        self._in_use: Counter[str] = Counter()
        self._open: set[str] = set()

    def wants(self, kind: type[Event]) -> bool:
        """Ask for what says who could have been called from."""
        return kind in _WANTED

    def __call__(self, time: float, event: Event) -> None:
        """Take in one event."""
        match event:
            case events.DispatchGranted():
                self._granted(time - self._start, event)
            case events.CallEnded():
                self._numbers[event.number].in_use -= 1
                self._in_use[event.connection] -= 1
            case events.CampaignStarted():
                self._started(event)
            case events.NumberAdded():
                self._join(event.campaign, event.settings)
                self._limits.setdefault(
                    event.connection_settings["name"], event.connection_settings["max_concurrent"]
                )
            case events.NumberRemoved():
                for name, pool in self._pools.items():
                    if event.campaign in (None, name):
                        pool.pop(event.number, None)
            case events.ConnectionOpened():
                self._open.add(event.connection)
            case events.ConnectionClosed():
                self._open.discard(event.connection)
            case events.ConnectionLimitChanged():
                self._limits[event.connection] = event.limit
            case _ if type(event) in _BARS:
                self._bar(event)

    def _started(self, event: events.CampaignStarted) -> None:
        for connection in event.connections:
            self._limits.setdefault(connection["name"], connection["max_concurrent"])
        for number in event.numbers:
            self._join(event.campaign, number)

    def _join(self, campaign: str | None, row: Mapping[str, Any]) -> None:
        number = self._numbers.get(row["number"])
        if number is None:
            number = self._numbers[row["number"]] = _Number(
                row["number"], row["connection"], row["max_concurrent"]
            )
            if row["status"] != "active":
                number.bars.add("flagged" if row["status"] == "spam" else row["status"])
        for name in self._pools if campaign is None else (campaign,):
            self._pools.setdefault(name, {})[row["number"]] = number

    def _bar(self, event: Any) -> None:
        bar, barred = _BARS[type(event)]
        number = self._numbers.get(event.number)
        if number is not None:
            (number.bars.add if barred else number.bars.discard)(bar)

    def _granted(self, seconds: float, event: events.DispatchGranted) -> None:
        chosen = self._numbers[event.number]
        if event.tier != "sticky" and not event.probe:
            rate = self._rates.of(event.number, chosen.connection, seconds)
            best = max(
                (
                    self._rates.of(one.number, one.connection, seconds)
                    for one in self._pools.get(event.campaign or "", {}).values()
                    if self._is_free(one) and _same_tier(event, one, chosen, seconds + self._start)
                ),
                default=rate,
            )
            self.regret += max(0.0, best - rate)
            self.calls += 1
        chosen.in_use += 1
        self._in_use[chosen.connection] += 1

    def _is_free(self, number: _Number) -> bool:
        return (
            not number.bars
            and number.connection not in self._open
            and (number.limit is None or number.in_use < number.limit)
            and self._in_use[number.connection] < self._limits[number.connection]
        )


def _same_tier(event: events.DispatchGranted, number: _Number, chosen: _Number, at: float) -> bool:
    """Tell whether a number is of the tier that the call's number was drawn in."""
    match event.tier:
        case "country":
            return number.place.region == event.region
        case "timezone":
            zones = tuple(event.zones)
            return offset_distance(number.place.zones, zones, at) == offset_distance(
                chosen.place.zones, zones, at
            )
        case "area":
            area = place_of(E164(number.number), with_area=True).area
            return area == place_of(E164(chosen.number), with_area=True).area
        case _:
            return True
