"""Small configurations whose calls end as the test wants, and what their events say."""

from __future__ import annotations

from collections import Counter
from typing import Any

from runtime.observe.events import CallEnded, DispatchGranted
from tests.trunkline.engine.auditing import Log

EAST, NEW_YORK = "+14155550100", "+12125550111"
LONDON, BERLIN, TORONTO, DELHI = "+442071838750", "+4930901820", "+14165550123", "+911123456789"
US = [f"+1212555{index:04d}" for index in range(1000)]
BAY = [f"+1415555{index:04d}" for index in range(1000, 2000)]
GB = [f"+44207183{index:04d}" for index in range(1000)]
FR = [f"+3314234{index:04d}" for index in range(1000, 2000)]
RATES = {
    "answered": "answer_rate",
    "voicemail": "voicemail_rate",
    "busy": "busy_rate",
    "rejected": "reject_rate",
    "failed": "failure_rate",
}
NEVER = dict.fromkeys(("no_answer", "busy", "failed", "voicemail", "callback", "unknown"), "never")


def always(outcome: str, **options: Any) -> dict[str, Any]:
    """Give a carrier's options under which every call ends alike."""
    rates = {rate: float(name == outcome) for name, rate in RATES.items()}
    return {**rates, "callback_rate": 0.0, **options}


def pilot(*numbers: Any, options: dict[str, Any] | None = None, **campaign: Any) -> dict[str, Any]:
    """One tenant, one connection, these numbers (a phone, or a table), one campaign."""
    rows = [{"number": one} if isinstance(one, str) else dict(one) for one in numbers or (EAST,)]
    for row in rows:
        row.setdefault("connection", "east")
    phones = [row["number"] for row in rows]
    return {
        "tenants": [{"name": "acme", "max_concurrent": 50}],
        "connections": [{"name": "east", "max_concurrent": 20, "options": options or {}}],
        "numbers": rows,
        "campaigns": [{"name": "spring", "primary": phones[0], "pool": phones[1:], **campaign}],
    }


def grants(log: Log) -> list[DispatchGranted]:
    """List the calls that were placed."""
    return [event for _, event in log if isinstance(event, DispatchGranted)]


def ends(log: Log) -> list[CallEnded]:
    """List the calls that are over."""
    return [event for _, event in log if isinstance(event, CallEnded)]


def named(log: Log, name: str) -> list[Any]:
    """List the events of a name."""
    return [event for _, event in log if event.event == name]


def placed_at(log: Log) -> list[float]:
    """List when calls were placed, in seconds from the start."""
    return [round(time - log[0][0], 6) for time, event in log if isinstance(event, DispatchGranted)]


def peak(log: Log, key: str) -> Counter[str]:
    """Count the most calls at once by a field of the grant, as the carrier sees them."""
    in_use: Counter[str] = Counter()
    most: Counter[str] = Counter()
    by_call: dict[str, str] = {}
    for _, event in log:
        if isinstance(event, DispatchGranted):
            by_call[event.call] = name = str(getattr(event, key))
            in_use[name] += 1
            most[name] = max(most[name], in_use[name])
        elif isinstance(event, CallEnded):
            in_use[by_call[event.call]] -= 1
    return most
