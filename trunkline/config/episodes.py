"""What a scenario does to simulated carriers: events turned into episodes of theirs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from runtime.calls import E164
from runtime.carriers.changes import habits_over_time
from runtime.carriers.options import BadOption, Episode, NumberOptions, SimulatedOptions
from trunkline.config.models import EventTable
from trunkline.config.problems import Finding
from trunkline.config.wording import Path, quoted

LABELLED_ANSWER_RATE = 0.03
"""What a spam label leaves of a number's answer rate, unless the event says otherwise."""

CARRIER_KINDS = frozenset(
    (
        "label_number",
        "answer_rate",
        "connection_down",
        "carrier_congestion",
        "lose_events",
        "late_events",
        "duplicate_events",
    )
)
"""What happens at a carrier or to the people called: only a simulated carrier can be made to."""

RESTARTS = frozenset(("daemon_crashes", "daemon_restarts"))
"""What happens to the daemon itself: only a simulated one can be made to."""


def episodes_of(
    events: Iterable[EventTable], connections: Mapping[E164, str]
) -> dict[str, tuple[Episode, ...]]:
    """Return the episodes of each connection, by time; `connections` are numbers' own."""
    where = dict(connections)
    found: dict[str, list[Episode]] = {}
    for event in events:
        if event.kind == "add_number" and event.number is not None and event.connection is not None:
            where[event.number] = event.connection
        if event.kind not in CARRIER_KINDS:
            continue
        connection = event.connection if event.number is None else where[event.number]
        assert connection is not None
        found.setdefault(connection, []).append(episode_of(event))
    return {connection: tuple(episodes) for connection, episodes in found.items()}


def episode_of(event: EventTable) -> Episode:
    """Return the episode that an event of a carrier begins."""
    until = math.inf if event.lasts is None else event.at + event.lasts
    match event.kind:
        case "label_number":
            rate = LABELLED_ANSWER_RATE if event.answer_rate is None else event.answer_rate
            return Episode(at=event.at, until=until, number=event.number, answer_rate=rate)
        case "answer_rate":
            return Episode(at=event.at, until=until, answer_rate=event.answer_rate)
        case "connection_down":
            return Episode(at=event.at, until=until, away=True)
        case "carrier_congestion":
            return Episode(at=event.at, until=until, real_limit=event.real_limit)
        case "lose_events":
            return Episode(at=event.at, until=until, lose_events=event.rate)
        case "late_events":
            return Episode(at=event.at, until=until, late_events=event.rate)
        case "duplicate_events":
            return Episode(at=event.at, until=until, duplicate_events=event.rate)
        case _:
            raise AssertionError(event.kind)


def check_rates(
    at: Path, episode: Episode, options: SimulatedOptions, numbers: Mapping[E164, NumberOptions]
) -> Iterator[Finding]:
    """Return an error where outcomes of a number would add up to more than all calls."""
    touched: Sequence[NumberOptions | None] = (
        [None, *numbers.values()] if episode.number is None else [numbers.get(E164(episode.number))]
    )
    for number in touched:
        try:
            habits_over_time(options, number, [episode])
        except BadOption as error:
            yield Finding((*at, "answer_rate"), error.reason)
            return


def no_simulated_carrier(row: Mapping[str, Any], connection: str, carrier: str) -> str:
    """Say that nothing can be made to happen at a real carrier."""
    kind = str(row["kind"])
    return f"connection {quoted(connection)} has carrier {quoted(carrier)}; {kind} needs the simulated one"
