"""Each grant says how long its attempt has waited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Dial = Callable[..., Any]

TABLES = {
    "tenants": [{"name": "acme", "max_concurrent": 2}],
    "connections": [{"name": "east", "max_concurrent": 2, "options": {"failure_rate": 0.0}}],
    "numbers": [{"number": "+14155550100", "connection": "east"}],
    "campaigns": [
        {"name": "spring", "primary": "+14155550100", "start_at": "2026-01-05T01:00:00Z"},
    ],
}
PHONES = [f"+1415555{2000 + number}" for number in range(30)]


def test_a_retry_waits_from_when_it_was_due_and_a_first_attempt_from_the_start(dial: Dial) -> None:
    _, log = dial(TABLES, {"spring": PHONES})
    since: dict[str, float] = {}
    retry_after: dict[str, float] = {}
    waited: list[tuple[float, float]] = []
    began = 0.0

    for at, event in log:
        match event.event:
            case "campaign.started":
                began, retry_after = at, event.settings["retry_after"]
            case "call.ended":
                since[event.contact] = at + retry_after.get(event.disposition or event.outcome, 0.0)
            case "dispatch.granted":
                waited.append((event.waited_seconds, at - since.get(event.contact, began)))
            case _:
                pass

    assert len(waited) > 30
    assert max(real for _, real in waited) > 60.0
    assert all(abs(said - real) < 1e-5 for said, real in waited)
