"""The report's data in columns, as its charts and its tables read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import msgspec

from trunkline.report.numbers import MOST_BUCKETS, NumberLine, shares
from trunkline.report.timeline import Timeline
from trunkline.summary import SummaryCollector

MOST_CONNECTIONS = 12
MOST_NUMBERS = 40
MOST_CAMPAIGNS = 4
"""What is drawn of each; the tables name the rest."""

Column = Sequence[float | int | str | None]
Columns = Mapping[str, Column]


class NumberChart(msgspec.Struct, frozen=True):
    """The charted numbers of one campaign, the most called first."""

    campaign: str
    numbers: tuple[str, ...]
    connections: tuple[str, ...]
    left_out: int
    columns: Columns
    """`t`, and for number 0, 1, …: `s0` its share, `a0` its answer rate, `w0` its weight."""


class ConnectionChart(msgspec.Struct, frozen=True):
    """One connection's calls in progress: least and most of each bucket, and the limit."""

    connection: str
    columns: Columns
    limits: Columns


class ReportData(msgspec.Struct, frozen=True):
    """Everything that is drawn. Times are seconds from the start."""

    start: float
    seconds: float
    connections: tuple[str, ...]
    """Those that are drawn; with more than twelve the last one is all others."""
    calls: Columns
    """`t`, `total`, `ceiling`, and `c0`, `c1`, … by connection."""
    each: tuple[ConnectionChart, ...]
    numbers: tuple[NumberChart, ...]
    waits: Columns
    """`share` in per cent, and `first` and `retry`: no wait of that share was longer."""
    marks: Columns


def report_data(timeline: Timeline, counted: SummaryCollector) -> ReportData:
    """Put in columns what was collected."""
    start, end = timeline.start, timeline.end
    digits = 0 if end - start > 3600 else 2
    drawn = _drawn_connections(timeline, counted)
    return ReportData(
        start=start,
        seconds=end - start,
        connections=drawn,
        calls=_calls(timeline, drawn, digits),
        each=tuple(_connection(timeline, name, digits) for name in drawn if name in timeline.calls.names),
        numbers=_numbers(timeline, counted, digits),
        waits=_waits(counted),
        marks={
            "t": [round(one.time - start, digits) for one in timeline.marks],
            "kind": [one.kind for one in timeline.marks],
            "level": [one.level for one in timeline.marks],
            "subject": [one.subject for one in timeline.marks],
            "what": [one.what for one in timeline.marks],
        },
    )


OTHERS = "others"


def _drawn_connections(timeline: Timeline, counted: SummaryCollector) -> tuple[str, ...]:
    names = timeline.calls.names
    if len(names) <= MOST_CONNECTIONS:
        return tuple(names)
    busiest = sorted(names, key=lambda name: -counted.connections[name].attempts)
    drawn = set(busiest[: MOST_CONNECTIONS - 1])
    return (*(name for name in names if name in drawn), OTHERS)


def _calls(timeline: Timeline, drawn: Sequence[str], digits: int) -> Columns:
    start, names = timeline.start, timeline.calls.names
    places = [[names.index(name)] if name in names else [] for name in drawn]
    if drawn and drawn[-1] == OTHERS and OTHERS not in names:
        places[-1] = [place for place, name in enumerate(names) if name not in drawn]
    columns: dict[str, list[float | int | None]] = {"t": [], "total": [], "ceiling": []}
    columns |= {f"c{index}": [] for index in range(len(drawn))}
    steps, step, ceiling = timeline.ceiling.changes, 0, None

    def add(at: float, levels: Sequence[int]) -> None:
        columns["t"].append(round(at - start, digits))
        columns["total"].append(sum(levels))
        columns["ceiling"].append(ceiling)
        for index, mine in enumerate(places):
            columns[f"c{index}"].append(sum(levels[place] for place in mine))

    before: Sequence[int] = ()
    for at, levels in timeline.calls.points():
        while step < len(steps) and steps[step][0] <= at:
            ceiling = steps[step][1]
            if steps[step][0] < at and before:
                add(steps[step][0], before)
            step += 1
        add(at, levels)
        before = levels
    return columns


def _connection(timeline: Timeline, name: str, digits: int) -> ConnectionChart:
    start = timeline.start
    place = timeline.calls.names.index(name)
    ranges = list(timeline.calls.ranges(place))
    limits = timeline.limits[name].changes if name in timeline.limits else []
    last = [(timeline.end, limits[-1][1])] if limits else []
    return ConnectionChart(
        name,
        {
            "t": [round(at - start, digits) for at, _, _ in ranges] + [round(timeline.end - start, digits)],
            "least": [least for _, least, _ in ranges] + [ranges[-1][1]],
            "most": [most for _, _, most in ranges] + [ranges[-1][2]],
        },
        {
            "t": [round(at - start, digits) for at, _ in [*limits, *last]],
            "limit": [limit for _, limit in [*limits, *last]],
        },
    )


def _numbers(timeline: Timeline, counted: SummaryCollector, digits: int) -> tuple[NumberChart, ...]:
    by_calls = sorted(
        timeline.numbers.campaigns.items(),
        key=lambda one: -sum(sum(line.attempts) for line in one[1].values()),
    )
    return tuple(
        _number_chart(timeline, campaign, list(lines.values()), digits)
        for campaign, lines in by_calls[:MOST_CAMPAIGNS]
    )


def _number_chart(timeline: Timeline, campaign: str, lines: list[NumberLine], digits: int) -> NumberChart:
    width = timeline.numbers.width
    seconds = timeline.end - timeline.start
    buckets = min(MOST_BUCKETS, int(seconds / width) + 1)
    lines = sorted(lines, key=lambda line: (-sum(line.attempts), line.number))
    drawn = lines[:MOST_NUMBERS]
    totals = type(lines[0].attempts)(
        "L", (sum(calls) for calls in zip(*(one.attempts for one in lines), strict=True))
    )
    columns: dict[str, Column] = {
        "t": [0, *(round(min(seconds, (bucket + 1) * width), digits) for bucket in range(buckets))]
    }
    for index, line in enumerate(drawn):
        mine = shares(line.attempts, totals, buckets)
        rates = shares(line.answered, line.counted, buckets)
        columns[f"s{index}"] = [None, *(None if one is None else round(one, 3) for one in mine)]
        columns[f"a{index}"] = [None, *(None if one is None else round(one, 3) for one in rates)]
        columns[f"w{index}"] = [None, *_weights(line, buckets)]
    return NumberChart(
        campaign,
        tuple(line.number for line in drawn),
        tuple(line.connection for line in drawn),
        len(lines) - len(drawn),
        columns,
    )


def _weights(line: NumberLine, buckets: int) -> list[float | None]:
    """Carry each weight on until there is another."""
    found: list[float | None] = []
    last: float | None = None
    for bucket in range(buckets):
        weight = line.weights[bucket]
        if not isnan(weight):
            last = round(weight, 4)
        found.append(last)
    return found


def _waits(counted: SummaryCollector) -> Columns:
    shares = [*range(100), 99.5, 100]
    columns: dict[str, Column] = {"share": shares}
    for name, waits in (("first", counted.first_waits), ("retry", counted.retry_waits)):
        if waits.count:
            columns[name] = [round(one, 3) for one in waits.quantiles(*(share / 100 for share in shares))]
    return columns
