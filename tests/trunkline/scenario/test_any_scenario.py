"""Whatever a scenario makes happen, no rule is broken and nothing is left untold."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from trunkline.audit import Audit
from trunkline.config import Config
from trunkline.config.fields import KINDS

NUMBERS = ("+14155550100", "+12125550101", "+442071838750", "+4930901820")
ADDED = "+13125550102"
NEVER_CAME = ("the run had ended", "the daemon was away")


def drawn(random: Random, kind: str) -> dict[str, Any]:
    """Draw an event of a kind, within the first hour and a half."""
    connection = random.choice(["east", "west"])
    values: dict[str, Any] = {
        "number": random.choice(NUMBERS[:3]),
        "connection": connection,
        "campaign": random.choice(["spring", "autumn"]),
        "tenant": "acme",
        "limit": random.choice([1, 3, 20]),
        "real_limit": random.choice([0, 2]),
        "rate": random.choice([0.1, 0.5]),
        "answer_rate": random.choice([0.0, 0.6]),
        "count": random.choice([1, 60]),
        "lasts": random.choice(["30s", "20m"]),
    }
    needs: dict[str, tuple[str, ...]] = {
        "add_number": ("connection",),
        "connection_limit": ("connection", "limit", "lasts"),
        "tenant_cap": ("limit", "lasts"),
        "label_number": ("number", "lasts"),
        "answer_rate": ("connection", "answer_rate", "lasts"),
        "connection_down": ("connection", "lasts"),
        "carrier_congestion": ("connection", "real_limit", "lasts"),
        "contacts_join": ("campaign", "count"),
        "daemon_crashes": ("lasts",),
        "daemon_restarts": ("lasts",),
    }
    if kind.endswith("_events"):
        keys: tuple[str, ...] = ("connection", "rate", "lasts")
    else:
        keys = needs.get(kind, ("campaign",) if "campaign" in kind else ("number",))
    event = {key: values[key] for key in keys}
    if kind == "add_number":
        event["number"] = ADDED
    elif kind == "remove_number":
        event["number"] = NUMBERS[3]
    return {"at": random.choice([0, 1, random.uniform(0, 5400)]), "kind": kind, **event}


def after_the_end(played: Any) -> list[str]:
    """Name the events that were logged after the last life's end."""
    names = [event.event for _, event in played.log]
    return names[len(names) - names[::-1].index("engine.stopped") :]


@pytest.mark.parametrize("seed", range(15))
def test_any_scenario_is_played_without_breaking_a_rule(play: Any, seed: int) -> None:
    random = Random(seed)
    once = {"add_number", "remove_number", "cancel_campaign"}
    kinds = [kind for kind in KINDS if random.random() < 0.6]
    events = [
        drawn(random, kind) for kind in kinds for _ in range(1 if kind in once else random.randint(1, 3))
    ]
    config = Config.from_dict(
        {
            "tenants": [{"name": "acme", "max_concurrent": 9}],
            "connections": [
                {"name": "east", "max_concurrent": 6},
                {"name": "west", "max_concurrent": 5, "max_calls_per_second": 2},
            ],
            "numbers": [
                {"number": number, "connection": connection, "max_concurrent": limit}
                for number, connection, limit in zip(
                    NUMBERS, ("east", "west", "east", "west"), (2, 9, 9, 3), strict=True
                )
            ],
            "campaigns": [
                {
                    "name": name,
                    "primary": NUMBERS[0],
                    "pool": list(NUMBERS[1:]),
                    "retry_after": {"no_answer": "10m", "voicemail": "20m", "callback": "5m"},
                    "max_call_seconds": "5m",
                }
                for name in ("spring", "autumn")
            ],
            "scenario": {
                "events": [
                    {"at": 0, "kind": "contacts_join", "campaign": "spring", "count": 80},
                    {"at": 0, "kind": "contacts_join", "campaign": "autumn", "count": 40, "region": "GB"},
                    *events,
                ]
            },
        }
    )

    played = play(config, seed)

    assert played.result.reason in ("finished", "stalled")
    assert not played.of("actor.crashed")
    assert "scenario.applied" not in after_the_end(played)
    happened, never = (
        played.of("scenario.applied"),
        [one for one in played.result.unapplied if one.reason in NEVER_CAME],
    )
    assert len(happened) + len(never) == len(events) + 2
    audit, began = Audit(), config.run.start.timestamp()
    for line, (at, event) in enumerate(played.log, start=1):
        audit.feed(line, began + at, event)
    assert [str(one) for one in audit.finish().violations] == []
