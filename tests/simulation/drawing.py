"""Draw a plan from an integer, and from nothing else.

Swarm testing: each seed switches a random part of the features and faults
off, and draws the rates of the others anew, so that no fault hides behind
another in every seed. Tiny values are drawn often: a limit of one, one
number, one contact.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.simulation.plan import Action, Crash, Disk, Faults, Outage, People, Plan

COUNTRIES = {
    "US": "+1212555{:04d}",
    "west": "+1415555{:04d}",
    "CA": "+1416555{:04d}",
    "GB": "+44207183{:04d}",
    "DE": "+4930901{:05d}",
    "FR": "+331423{:05d}",
    "IN": "+912223{:06d}",
    "AU": "+612937{:05d}",
    "world": "+8001234{:04d}",
}
"""Valid numbers by place; below 5000 are the contacts', from there on the pool's."""

ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Asia/Kolkata", "UTC")
HOURS = (
    ["09:00-17:30"],
    ["08:00-12:00", "13:00-20:00"],
    ["20:00-04:00"],
    ["00:00-23:30"],
)
DAYS = (["mon", "tue", "wed", "thu", "fri"], ["mon", "wed", "sun"])


def draw_plan(seed: int) -> Plan:
    """Draw everything about a seed's campaign."""
    return _Drawing(seed).plan()


def _waits(tables: dict[str, Any]) -> bool:
    """Say whether there may be days in which nothing happens but reports."""
    return any("max_calls_per_day" in one for one in tables["numbers"]) or any(
        "calling_hours" in one for one in tables["campaigns"]
    )


class _Drawing:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)

    # Dice

    def switched(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def tiny(self, *larger: int) -> int:
        """Draw one or two as often as all the larger together."""
        return self.random.choice((1, 1, 2)) if self.switched() else self.random.choice(larger)

    def seconds(self, low: float, high: float) -> float:
        """Draw from a log-uniform distribution, to the millisecond."""
        return round(float(low * (high / low) ** self.random.random()), 3)

    # The configuration

    def plan(self) -> Plan:
        random = self.random
        size = random.random()
        people_there = 1 if size < 0.1 else random.randint(2, 25) if size < 0.28 else random.randint(200, 300)
        self.countries = random.sample(sorted(COUNTRIES), random.choice((1, 1, 2, 3, 5)))
        tenants = self._tenants()
        connections = self._connections()
        numbers = self._numbers(tenants, connections)
        campaigns = self._campaigns(tenants, numbers)
        contacts = self._contacts(campaigns, people_there)
        tables = {
            "tenants": tenants,
            "connections": connections,
            "numbers": numbers,
            "campaigns": campaigns,
            "run": {
                "start": random.choice(
                    ("2026-01-05T00:00:00Z", "2026-03-28T20:00:00Z", "2026-01-09T15:00:00Z")
                )
            },
        }
        people = self._people()
        span = self._span(tables, people, people_there)
        heals_at = round(span * random.uniform(0.05, 1.1), 3)
        return Plan(
            luck=str(self.seed),
            tables=tables,
            contacts=contacts,
            people=people,
            faults=self._faults(connections, heals_at, people_there),
            actions=self._actions(tables, heals_at),
            crashes=self._crashes(people_there),
            disk=self._disk(heals_at),
            heals_at=heals_at,
            report_seconds=60.0 if span < 3600 and self.switched(0.2) and not _waits(tables) else 21600.0,
        )

    def _tenants(self) -> list[dict[str, Any]]:
        count = self.random.choice((1, 1, 1, 2, 3))
        return [
            {"name": f"tenant-{index}", "max_concurrent": self.tiny(3, 5, 10, 30, 100)}
            for index in range(count)
        ]

    def _connections(self) -> list[dict[str, Any]]:
        rated, fragile = self.switched(0.4), self.switched(0.3)
        connections = []
        for index in range(self.random.choice((1, 1, 2, 2, 3, 6))):
            row: dict[str, Any] = {
                "name": f"connection-{index}",
                "carrier": "world",
                "max_concurrent": self.tiny(3, 5, 10, 20),
            }
            if rated and self.switched(0.7):
                row["max_calls_per_second"] = self.tiny(3, 10)
            if fragile and self.switched():
                row["breaker_failure_rate"] = self.random.choice((0.1, 0.3, 1.0))
            connections.append(row)
        return connections

    def _numbers(self, tenants: list[Any], connections: list[Any]) -> list[dict[str, Any]]:
        limited, capped = self.switched(0.4), self.switched(0.25)
        numbers = []
        for index in range(max(len(tenants), self.random.choice((1, 1, 2, 3, 5, 8, 20)))):
            tenant = tenants[index] if index < len(tenants) else self.random.choice(tenants)
            row: dict[str, Any] = {
                "number": COUNTRIES[self._country()].format(5000 + index),
                "tenant": tenant["name"],
                "connection": self.random.choice(connections)["name"],
            }
            if limited and self.switched():
                row["max_concurrent"] = self.tiny(3, 5)
            if capped and self.switched():
                row["max_calls_per_day"] = self.random.choice((40, 60, 100))
                row["timezone"] = self.random.choice(ZONES)
            if index >= len(tenants) and self.switched(0.1):
                row["status"] = self.random.choice(("paused", "spam"))
            numbers.append(row)
        return numbers

    def _country(self) -> str:
        here = self.countries if self.switched(0.8) else sorted(COUNTRIES)
        return self.random.choice(here)

    def _campaigns(self, tenants: list[Any], numbers: list[Any]) -> list[dict[str, Any]]:
        random = self.random
        count = max(len(tenants) if self.switched() else 1, random.choice((1, 1, 1, 2, 3)))
        hours, spilling, retries = self.switched(0.2), self.switched(), self.switched(0.8)
        campaigns = []
        for index in range(count):
            tenant = tenants[index % len(tenants)]["name"]
            own = [one["number"] for one in numbers if one["tenant"] == tenant]
            primary = next(one["number"] for one in numbers if one["tenant"] == tenant)
            row: dict[str, Any] = {
                "name": f"campaign-{index}",
                "tenant": tenant,
                "primary": primary,
                "pool": random.sample(own, random.randint(1, len(own))),
                "max_attempts": random.choice((1, 1, 2, 2, 3, 4)) if retries else 1,
                "max_carrier_failures": random.choice((1, 2, 3, 10)),
                "retry_after": self._retries(),
                "max_ring_seconds": random.choice((5, 20, 45)),
                "max_call_seconds": random.choice((20, 60, 300)),
            }
            for option, values in (
                ("prefer_country_match", (True, False)),
                ("prefer_area_match", (True, False, False)),
                ("nearby_hours", (0, 2, 6)),
                ("rotation", ("proportional", "thompson", "uniform")),
                ("exploration", (0.0, 0.05, 1.0)),
                ("priority", (0, 0, 1)),
                ("share", (1, 1, 2, 5)),
                ("prior_attempts", (1, 20)),
                ("half_life_attempts", (5, 500)),
            ):
                if self.switched():
                    row[option] = random.choice(values)
            if spilling:
                row["match_when_full"] = random.choice(("wait", "spill"))
                row["sticky_when_full"] = random.choice(("wait", "spill"))
            if self.switched(0.25):
                row["max_concurrent"] = self.tiny(3, 8)
            if hours and self.switched(0.7):
                row["calling_hours"] = random.choice(HOURS)
                row["default_timezone"] = random.choice(ZONES)
                if self.switched(0.3):
                    row["calling_days"] = random.choice(DAYS)
            if self.switched(0.1):
                row["keep_open"] = True
            campaigns.append(row)
        return campaigns

    def _retries(self) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for said in (
            "no_answer",
            "busy",
            "failed",
            "voicemail",
            "callback",
            "unknown",
            "rejected",
            "canceled",
        ):
            if said not in ("rejected", "canceled") or self.switched(0.2):
                table[said] = "never" if self.switched(0.15) else f"{int(self.seconds(1, 7200))}s"
        return table

    def _contacts(self, campaigns: list[Any], there: int) -> dict[str, list[tuple[str, str, str]]]:
        random = self.random
        zoned, shared = self.switched(0.2), self.switched(0.4)
        by_country = self.switched(0.3)
        contacts = {}
        first = 0
        for campaign in campaigns:
            count = max(1, there // len(campaigns))
            places = [self._country() for _ in range(count)]
            if by_country:
                places.sort()
            rows = []
            for index, place in enumerate(places):
                zone = random.choice(ZONES) if zoned and self.switched(0.3) else ""
                rows.append((f"c{index}", COUNTRIES[place].format(first + index), zone))
            if self.switched(0.05):
                rows.append(("", "nobody", ""))
            contacts[campaign["name"]] = rows
            if not shared:
                first += count
        return contacts

    # The world

    def _people(self) -> People:
        random = self.random
        kind = random.choice(("usual", "usual", "nobody", "everybody", "any"))
        if kind == "nobody":
            shares = {"answer": 0.0, "voicemail": random.choice((0.0, 0.5))}
        elif kind == "everybody":
            shares = {"answer": 0.9, "voicemail": 0.0}
        elif kind == "usual":
            shares = {}
        else:
            names = ("answer", "voicemail", "busy", "reject", "fail_fast", "fail_late", "silent")
            parts = {name: random.random() if self.switched() else 0.0 for name in names}
            total = sum(parts.values()) or 1.0
            shares = {name: round(part / total, 3) for name, part in parts.items() if name != "silent"}
        if self.switched(0.4):
            shares.setdefault("fail_fast", random.choice((0.02, 0.05)))
        return People(
            callback=random.choice((0.0, 0.1, 0.7)) if self.switched() else 0.1,
            ring_seconds=self.seconds(0.5, 30),
            talk_seconds=self.seconds(1, 200),
            **shares,
        )

    def _span(self, tables: dict[str, Any], people: People, contacts: int) -> float:
        """Guess how long the campaign takes when nothing goes wrong."""
        slots: int = min(
            sum(one["max_concurrent"] for one in tables["connections"]),
            sum(one["max_concurrent"] for one in tables["tenants"]),
        )
        return 60.0 + contacts * 1.7 * (people.ring_seconds + 0.4 * people.talk_seconds + 5) / slots

    def _rate(self, share: float, *rates: float) -> float:
        return self.random.choice(rates) if self.switched(share) else 0.0

    def _faults(self, connections: list[Any], heals_at: float, contacts: int) -> Faults:
        random = self.random
        if self.switched(0.15):
            return Faults()
        outages = []
        if self.switched(0.3):
            for _ in range(random.randint(1, 4)):
                start = random.uniform(0, heals_at)
                outages.append(
                    Outage(
                        connection=random.choice(connections)["name"],
                        start=round(start, 3),
                        seconds=self.seconds(1, 1800),
                        raises=self.switched(0.3),
                    )
                )
        crashes: tuple[int, ...] = ()
        if self.switched(0.3):
            crashes = tuple(
                sorted(int(self.seconds(1, 60 + 40 * contacts)) for _ in range(random.randint(1, 8)))
            )
        return Faults(
            lose=self._rate(0.3, 0.01, 0.1, 0.4),
            late=self._rate(0.4, 0.02, 0.2, 0.7),
            duplicate=self._rate(0.4, 0.05, 0.3),
            place_raises=self._rate(0.2, 0.01, 0.1, 0.5),
            hang_up_raises=self._rate(0.3, 0.1, 0.5),
            slow_setup=self._rate(0.3, 0.05, 0.5),
            stray=self._rate(0.3, 0.02, 0.1),
            forgets=self._rate(0.4, 0.1, 0.5, 1.0),
            outages=tuple(outages),
            actor_crashes=crashes,
        )

    def _actions(self, tables: dict[str, Any], heals_at: float) -> tuple[Action, ...]:
        random = self.random
        if self.switched(0.25):
            return ()
        kinds = [
            kind
            for kind in (
                "flag",
                "unflag",
                "pause_number",
                "resume_number",
                "remove_number",
                "add_number",
                "connection_limit",
                "tenant_cap",
                "pause_campaign",
                "resume_campaign",
                "cancel_campaign",
                "add_contacts",
                "disposition",
            )
            if self.switched(0.1 if kind == "cancel_campaign" else 0.6)
        ]
        if not kinds:
            return ()
        actions = [self._action(tables, random.choice(kinds), heals_at) for _ in range(random.randint(1, 25))]
        return tuple(sorted(actions, key=lambda action: action.at))

    def _action(self, tables: dict[str, Any], kind: str, heals_at: float) -> Action:
        random = self.random
        at = round(random.uniform(0, heals_at), random.choice((0, 3)))
        campaign = random.choice(tables["campaigns"])["name"]
        if kind in ("flag", "unflag", "pause_number", "resume_number", "remove_number", "add_number"):
            number = random.choice(tables["numbers"])
            whose = [one["name"] for one in tables["campaigns"] if one["tenant"] == number["tenant"]]
            where = random.choice(whose) if whose and self.switched() else None
            return Action(at=at, kind=kind, name=number["number"], campaign=where)
        if kind == "connection_limit":
            return Action(
                at=at, kind=kind, name=random.choice(tables["connections"])["name"], value=self.tiny(3, 8, 20)
            )
        if kind == "tenant_cap":
            return Action(
                at=at, kind=kind, name=random.choice(tables["tenants"])["name"], value=self.tiny(3, 8, 20)
            )
        if kind == "add_contacts":
            return Action(at=at, kind=kind, name=campaign, value=random.randint(1, 20))
        return Action(at=at, kind=kind, name=campaign, value=random.randrange(1000))

    def _crashes(self, contacts: int) -> tuple[Crash, ...]:
        random = self.random
        if self.switched(0.2):
            return ()
        crashes = []
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            where = random.choice(("message", "message", "written", "durable", "placed", "asked"))
            most = {"message": 60 + 25 * contacts, "asked": 60 + 25 * contacts}.get(where, 2 + 2 * contacts)
            count = random.randint(1, most) if self.switched() else int(self.seconds(1, most))
            down = random.choice((0.0, 0.0, self.seconds(0.1, 10), self.seconds(10, 1000)))
            crashes.append(Crash(where=where, count=count, down_seconds=down))
            while self.switched(0.3):
                crashes.append(
                    Crash(
                        where="recovering",
                        count=int(self.seconds(1, 400)),
                        down_seconds=random.choice((0.0, self.seconds(0.1, 100))),
                    )
                )
        return tuple(crashes)

    def _disk(self, heals_at: float) -> Disk:
        random = self.random
        if self.switched(0.2):
            return Disk()

        def spans(share: float) -> tuple[tuple[float, float], ...]:
            if not self.switched(share):
                return ()
            count = random.randint(1, 3)
            return tuple((round(random.uniform(0, heals_at), 3), self.seconds(1, 600)) for _ in range(count))

        return Disk(
            latency_seconds=random.choice((0.0, 0.001, 0.01, 0.3, 3.0)) if self.switched() else 0.0,
            batch_seconds=random.choice((0.0, 0.002, 0.05)),
            fail=self._rate(0.2, 0.01, 0.05),
            fail_but_there=self._rate(0.2, 0.01, 0.05),
            away=spans(0.15),
            full=spans(0.15),
            tail=random.choice((0.0, 0.5, 1.0, random.random())),
        )
