"""Streams of ended calls with a known cause, for the detectors."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import msgspec

from actors.doctor.heard import Heard
from runtime.calls import E164

START = 1_767_600_000.0
ZONES = {"US": -5, "GB": 0, "DE": 1}
SHARES = (0.6, 0.25, 0.15)
COUNTRY_FACTORS = {"US": 1.0, "GB": 0.8, "DE": 1.2}


class Call(msgspec.Struct, frozen=True):
    """One call before its outcome is drawn: what its rate may depend on."""

    index: int
    at: float
    number: E164
    connection: str
    region: str
    local_hour: int


Factor = Callable[[Call], float]


def always(call: Call) -> float:
    """Leave the rate as it is."""
    return 1.0


def calls(
    seed: int, factor: Factor = always, *, count: int = 10_000, numbers: int = 20, an_hour: float = 600.0
) -> Iterator[tuple[Call, Heard]]:
    """Draw a campaign's calls: numbers of 10 to 30 %, three countries, retries that answer less."""
    draws = random.Random(seed)
    pool = [E164(f"+1415555{index:04}") for index in range(numbers)]
    rates = {number: draws.uniform(0.1, 0.3) for number in pool}
    rates[pool[3]] = 0.2
    at = START
    for index in range(count):
        at += draws.expovariate(an_hour / 3600.0)
        number = draws.choice(pool)
        region = draws.choices(list(ZONES), SHARES)[0]
        fresh = draws.random() < max(0.2, 1.0 - index / count)
        hour = int((at / 3600.0 + ZONES[region]) % 24)
        call = Call(index, at, number, f"c{pool.index(number) % 4}", region, hour)
        rate = rates[number] * COUNTRY_FACTORS[region] * (1.0 if fresh else 0.75) * factor(call)
        answered = draws.random() < rate
        yield (
            call,
            Heard(at, number, call.connection, region, hour, fresh, False, answered, False, None, None),
        )


def victim(numbers: int = 20) -> E164:
    """Name the number that is answered 20 % of its calls."""
    return E164("+14155550003")


def swing(amplitude: float) -> Factor:
    """Let all answer more by day and less by night."""
    return lambda call: 1.0 + amplitude * math.sin(2.0 * math.pi * (call.at - START) / 86_400.0)


def drift(share: float, count: int = 10_000) -> Factor:
    """Let all answer less and less."""
    return lambda call: 1.0 - share * call.index / count
