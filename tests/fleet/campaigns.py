"""What the daemons of a round dial: one configuration, and contacts for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.arbiter.arbiter import Limits

MAX_ATTEMPTS = 3
MAX_RING_SECONDS = 1
MAX_CALL_SECONDS = 20
TENANTS = {"acme": 90, "globex": 70}
CAMPAIGNS = {"spring": "acme", "autumn": "acme", "winter": "globex"}
CAPPED = {"autumn": 25}
CONNECTIONS = 20
NUMBERS_OF = {"acme": 24, "globex": 12}
DAY_CAPPED = 0.2
"""So many of the numbers have a day cap."""

SHARED_PHONES = 0.02
"""So many of autumn's contacts have the phone of one of spring's, each of another one: within a
campaign a phone is dialed once, and a second row of it is rejected."""


@dataclass(frozen=True)
class Fleet:
    """The configuration's text, and what it limits."""

    text: str
    limits: Limits


def timezone_at_midday(now: float) -> str:
    """Name a timezone in which it is about midday: no day of a number ends while a round lasts."""
    ahead = 12 - int(now // 3600) % 24
    return "UTC" if not ahead else f"Etc/GMT{-ahead:+d}"


def write_fleet(random: Random, url: str, lease: float, contacts: int, timezone: str) -> Fleet:
    """Draw limits and write them as a configuration; days are those of the timezone."""
    at_once = {f"tenant {name}": cap for name, cap in TENANTS.items()}
    at_once |= {f"campaign {CAMPAIGNS[name]}/{name}": cap for name, cap in CAPPED.items()}
    a_second: dict[str, int] = {}
    in_all: dict[str, int] = {}
    lines = [f'[state]\nurl = "{url}"\nlease = {lease}\n']
    lines += [f'[[tenants]]\nname = "{name}"\nmax_concurrent = {cap}\n' for name, cap in TENANTS.items()]
    names = [f"trunk{place:02}" for place in range(CONNECTIONS)]
    for name in names:
        limit = random.choice((3, 6, 10, 14))
        at_once[f"connection {name}"] = limit
        lines.append(f'[[connections]]\nname = "{name}"\ncarrier = "outside"\nmax_concurrent = {limit}')
        if random.random() < 0.25:
            a_second[name] = random.choice((4, 8, 16))
            lines.append(f"max_calls_per_second = {a_second[name]}")
        lines.append("")
    numbers: dict[str, list[str]] = {}
    for place, (tenant, count) in enumerate(NUMBERS_OF.items()):
        for number in range(count):
            caller = f"+1415555{place}{number:03}"
            numbers.setdefault(tenant, []).append(caller)
            connection = names[(number + 7 * place) % CONNECTIONS]
            lines.append(
                f'[[numbers]]\nnumber = "{caller}"\ntenant = "{tenant}"\nconnection = "{connection}"\n'
                f'timezone = "{timezone}"'
            )
            if random.random() < 0.3:
                at_once[f"number {caller}"] = random.choice((1, 2, 4))
                lines.append(f"max_concurrent = {at_once[f'number {caller}']}")
            if random.random() < DAY_CAPPED:
                in_all[caller] = max(1, contacts // 60)
                lines.append(f"max_calls_per_day = {in_all[caller]}")
            lines.append("")
    for name, tenant in CAMPAIGNS.items():
        first, *others = numbers[tenant]
        cap = f"max_concurrent = {CAPPED[name]}\n" if name in CAPPED else ""
        lines.append(
            f'[[campaigns]]\nname = "{name}"\ntenant = "{tenant}"\nprimary = "{first}"\npool = {others!r}\n'
            f'contacts = "{name}.csv"\nprefer_country_match = false\nsticky_when_full = "spill"\n'
            f"max_attempts = {MAX_ATTEMPTS}\nmax_ring_seconds = {MAX_RING_SECONDS}\n"
            f"max_call_seconds = {MAX_CALL_SECONDS}\n{cap}"
            "[campaigns.retry_after]\nno_answer = 2\nfailed = 2\nbusy = 2\nvoicemail = 2\nunknown = 2\n"
        )
    return Fleet("\n".join(lines).replace("'", '"'), Limits(at_once, a_second, in_all, MAX_ATTEMPTS))


def write_contacts(folder: Path, random: Random, contacts: int) -> dict[str, int]:
    """Write the contacts of each campaign into a folder; gives how many each has."""
    shares = {"spring": contacts // 2, "autumn": contacts // 10}
    shares["winter"] = contacts - sum(shares.values())
    shared = [row for row in range(shares["autumn"]) if random.random() < SHARED_PHONES]
    phone_of = dict(zip(shared, random.sample(range(shares["spring"]), len(shared)), strict=True))
    for place, (name, count) in enumerate(shares.items()):
        rows = []
        for row in range(count):
            other = phone_of.get(row) if name == "autumn" else None
            area, subscriber = (212 + place, row) if other is None else (212, other)
            rows.append(f"{name[0]}{row},+1{area}{2_000_000 + subscriber}\n")
        (folder / f"{name}.csv").write_text("id,phone\n" + "".join(rows))
    return shares
