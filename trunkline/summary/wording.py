"""How people are told figures: rates, counts, durations, times of day."""

from __future__ import annotations

from datetime import UTC, datetime


def percent(rate: float | None, digits: int = 1) -> str:
    """Write a rate from 0 to 1 in per cent; a dash for none."""
    return "–" if rate is None else f"{100 * rate:.{digits}f} %"


def count(value: float | None) -> str:
    """Write a whole number with its thousands set apart; a dash for none."""
    return "–" if value is None else f"{value:,.0f}"


def counted(number: int, what: str) -> str:
    """Write how many there are of something, as in `1 call` and `2,000 calls`."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def duration(seconds: float | None) -> str:
    """Write seconds as people say them: 3.2 s, 12 min 5 s, 4 h 30 min, 2 d 3 h."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s" if seconds else "0 s"
    whole = round(seconds)
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next(index for index, (amount, _) in enumerate(parts) if amount)
    return " ".join(f"{amount} {unit}" for amount, unit in parts[first : first + 2] if amount)


def short(seconds: float | None) -> str:
    """Write seconds for a table's cell: 3.2 s, 11m 30s, 4h 05m, 2d 03h."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds else "0 s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours:02}h"
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {rest:02}s"


_RATES = frozenset({"answer_rate", "reach_rate", "share", "weight", "use", "full"})


def figure_value(figure: str, value: float | None) -> str:
    """Write a figure's value as its kind is written; the kind follows from its path."""
    if value is None:
        return "no value"
    first, last = figure.partition(".")[0], figure.rpartition(".")[2]
    if last in _RATES:
        return percent(value)
    if last == "seconds" or (first == "wait" and last != "count"):
        return duration(value)
    return f"{value:,.6g}"


def moment(time: float) -> str:
    """Write a time as `Mon 5 Jan 2026, 09:00:05`, UTC."""
    at = datetime.fromtimestamp(time, UTC)
    return f"{at:%a} {at.day} {at:%b %Y}, {at:%H:%M:%S}"


def clock(time: float, *, with_day: bool) -> str:
    """Write a time of day, with the day where a run is longer than one."""
    at = datetime.fromtimestamp(time, UTC)
    return f"{at:%a %H:%M:%S}" if with_day else f"{at:%H:%M:%S}"
