"""Configurations of campaigns that are well, and what makes one ill.

Countries and numbers differ; numbers are answered 10 to 30 % (one that is to
collapse 20 %), contacts are tried again: what a healthy campaign has, too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from trunkline.config import Config
from trunkline.synth import SynthOptions, people, write_people

COUNTRIES = {"US": 0.5, "GB": 0.3, "DE": 0.2}
FACTORS = {"US": 0.8, "GB": 1.0, "DE": 0.9}
"""How much people of a country answer of what others do."""

NUMBERS = {
    "US": ["+14155552671", "+12125552368", "+13055552345", "+12065552233"],
    "GB": ["+442071838750", "+442071838751", "+441612345678", "+441214960001"],
    "DE": ["+4930901820", "+4930901821", "+4989123456", "+4940123456"],
}
ONSET = 7500.0
VICTIM = "+442071838750"


class Ailment(msgspec.Struct, frozen=True):
    """Something wrong: what the doctor should call it, and how it comes about.

    `inflict` changes the configuration's data; `subject` is what the doctor
    should name: the number, connection, country or hour that it befalls, where
    there is one. `onset` is when, in seconds after the start; None where it is
    so from the start.
    """

    name: str
    kind: str | None
    cause: str | None
    inflict: Callable[[dict[str, Any], random.Random], None]
    subject: str | None = None
    onset: float | None = ONSET
    contacts: int = 4500


def configure(ailment: Ailment, folder: Path, seed: int) -> Config:
    """Write the audience and make the configuration of one ill campaign."""
    draws = random.Random(f"{ailment.name}/{seed}")
    options = SynthOptions(
        contacts=ailment.contacts, countries=COUNTRIES, connections={"east": 30}, seed=seed
    )
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        write_people(file, people(options))
    data = healthy(draws)
    ailment.inflict(data, draws)
    return Config.from_dict(data, folder=folder)


def healthy(draws: random.Random) -> dict[str, Any]:
    """Draw a campaign with which nothing is wrong."""
    connections = [
        {
            "name": name,
            "max_concurrent": 30,
            "options": {
                "answer_rate": 0.2,
                "voicemail_rate": 0.2,
                "talk_seconds": 40.0,
                "country_factors": FACTORS,
            },
        }
        for name in ("east", "west", "north")
    ]
    names = [row["name"] for row in connections]
    numbers = [
        {
            "number": number,
            "connection": names[index % len(names)],
            "simulated": {"answer_rate": round(draws.uniform(0.1, 0.3), 4)},
        }
        for country in NUMBERS.values()
        for index, number in enumerate(country)
    ]
    for row in numbers:
        if row["number"] == VICTIM:
            row["simulated"] = {"answer_rate": 0.2}
    pool = [str(row["number"]) for row in numbers]
    return {
        "tenants": [{"name": "acme", "max_concurrent": 200}],
        "connections": connections,
        "numbers": numbers,
        "campaigns": [
            {
                "name": "spring",
                "primary": pool[0],
                "pool": pool,
                "contacts": "contacts.csv",
                "retry_after": {"no_answer": "30m", "voicemail": "40m", "busy": "10m"},
                "max_concurrent": draws.choice([14, 18, 24]),
            }
        ],
        "scenario": {"events": []},
    }


def number(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Find a number's row."""
    found: dict[str, Any] = next(row for row in data["numbers"] if row["number"] == name)
    return found


def on(data: dict[str, Any], connection: str) -> list[dict[str, Any]]:
    """List the rows of a connection's numbers."""
    return [row for row in data["numbers"] if row["connection"] == connection]


def change(row: dict[str, Any], **what: Any) -> None:
    """Let a number be answered otherwise from the onset on."""
    row["simulated"].setdefault("changes", []).append({"at": ONSET, **what})
