"""What can be wrong with a campaign: the rows of the confusion matrix."""

from __future__ import annotations

import random
from typing import Any

from bench.ailments.campaigns import FACTORS, ONSET, VICTIM, Ailment, change, number, on

Data = dict[str, Any]


def _nothing(data: Data, draws: random.Random) -> None:
    """Leave it well."""


def _collapse(data: Data, draws: random.Random) -> None:
    change(number(data, VICTIM), answer_rate=0.05)


def _provider_declines(data: Data, draws: random.Random) -> None:
    for row in on(data, "west"):
        change(row, answer_rate=row["simulated"]["answer_rate"] * 0.25)


def _provider_fails(data: Data, draws: random.Random) -> None:
    for row in data["connections"]:
        if row["name"] == "west":
            row["breaker_failure_rate"] = 0.9
            row["options"]["changes"] = [{"at": ONSET, "failure_rate": 0.4, "voicemail_rate": 0.1}]


def _decline_of(data: Data, *countries: str) -> None:
    factors = {name: factor * (0.25 if name in countries else 1.0) for name, factor in FACTORS.items()}
    for row in data["connections"]:
        row["options"].setdefault("changes", []).append({"at": ONSET, "country_factors": factors})


def _country(data: Data, draws: random.Random) -> None:
    _decline_of(data, "GB")


def _everywhere(data: Data, draws: random.Random) -> None:
    _decline_of(data, *FACTORS)


def _hour(data: Data, draws: random.Random) -> None:
    data["run"] = {"start": "2026-01-05T13:00:00Z"}
    for row in data["connections"]:
        row["options"]["hour_factors"] = [1.0] * 18 + [0.25] * 6


def _blocked(data: Data, draws: random.Random) -> None:
    change(number(data, VICTIM), blocked_rate=0.4, voicemail_rate=0.1)


def _flag_all(data: Data, draws: random.Random) -> None:
    data["scenario"]["events"] += [
        {"at": ONSET / 4, "kind": "flag_number", "number": row["number"]} for row in data["numbers"]
    ]


def _outage(data: Data, draws: random.Random) -> None:
    for row in data["connections"]:
        row["options"]["changes"] = [{"at": ONSET / 4, "outage": "1h"}]


def _hours_end(data: Data, draws: random.Random) -> None:
    data["run"] = {"start": "2026-01-05T16:00:00Z"}
    data["campaigns"][0]["calling_hours"] = "09:00-17:30"
    data["campaigns"][0]["max_concurrent"] = 5


def _paused(data: Data, draws: random.Random) -> None:
    data["scenario"]["events"] += [
        {"at": ONSET / 4, "kind": "pause_campaign", "campaign": "spring"},
        {"at": ONSET / 2, "kind": "resume_campaign", "campaign": "spring"},
    ]


def _day_caps(data: Data, draws: random.Random) -> None:
    for row in data["numbers"]:
        row["max_calls_per_day"] = 30


def _tenant_cap(data: Data, draws: random.Random) -> None:
    data["tenants"][0]["max_concurrent"] = 10
    del data["campaigns"][0]["max_concurrent"]


def _no_number(data: Data, draws: random.Random) -> None:
    gone = {"+4930901820", "+4930901821", "+4989123456", "+4940123456"}
    data["numbers"] = [row for row in data["numbers"] if row["number"] not in gone]
    campaign = data["campaigns"][0]
    campaign["pool"] = [one for one in campaign["pool"] if one not in gone]


def _useless(data: Data, draws: random.Random) -> None:
    for row in data["connections"]:
        row["max_concurrent"] = 6
    data["tenants"][0]["max_concurrent"] = 200
    del data["campaigns"][0]["max_concurrent"]
    data["scenario"]["events"].append(
        {
            "at": ONSET / 4,
            "kind": "add_number",
            "number": "+442071838770",
            "connection": "west",
            "tenant": "acme",
        }
    )


def _leak(data: Data, draws: random.Random) -> None:
    for row in data["connections"]:
        if row["name"] == "west":
            row["options"]["changes"] = [{"at": ONSET / 4, "lose_events": 0.5}]


AILMENTS = (
    Ailment("healthy", None, None, _nothing, onset=None),
    Ailment("number collapses", "answer_rate_drop", "number", _collapse, VICTIM, contacts=5500),
    Ailment("provider declines", "correlated_decline", "connection", _provider_declines, "west"),
    Ailment("provider fails", "correlated_decline", "connection", _provider_fails, "west"),
    Ailment("a country declines", "correlated_decline", "country", _country, "GB"),
    Ailment("an hour of the day", "correlated_decline", "hour", _hour, "18", None),
    Ailment("all decline", "correlated_decline", "everywhere", _everywhere),
    Ailment("number is blocked", "blocked", "network", _blocked, VICTIM),
    Ailment(
        "all numbers flagged", "stalled", "no_eligible_number", _flag_all, onset=ONSET / 4, contacts=1500
    ),
    Ailment("all trunks away", "stalled", "breaker", _outage, onset=ONSET / 4, contacts=1500),
    Ailment("calling hours end", "stalled", "calling_hours", _hours_end, onset=None, contacts=1500),
    Ailment("paused by a person", "stalled", "paused", _paused, onset=ONSET / 4, contacts=1500),
    Ailment("day caps reached", "stalled", "day_cap", _day_caps, onset=None, contacts=1500),
    Ailment("tenant cap binds", "cap_binds", "tenant_cap", _tenant_cap, onset=None, contacts=1500),
    Ailment("no number of a country", "thin_coverage", "no_number", _no_number, "DE", None, 1500),
    Ailment("useless number added", "useless_number", "connection_full", _useless, "west", ONSET / 4, 1500),
    Ailment("slots leak", "slots_leaking", "connection", _leak, "west", ONSET / 4, 1500),
)
