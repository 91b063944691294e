"""What a synthetic campaign is made from, and what can't be."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from runtime.carriers.options import SimulatedOptions
from trunkline.config.phones import region as read_region
from trunkline.config.suggest import did_you_mean
from trunkline.config.values import MOST
from trunkline.config.wording import quoted

DEFAULTS = SimulatedOptions()
_OTHER_OUTCOMES = DEFAULTS.voicemail_rate + DEFAULTS.busy_rate + DEFAULTS.reject_rate + DEFAULTS.failure_rate
HIGHEST_ANSWER_RATE = round(1.0 - _OTHER_OUTCOMES, 6)
"""What the simulated carrier's other outcomes leave for answers."""

MOST_CONTACTS = 100_000_000
_ENTRY = re.compile(r"\s*([^=,]+?)\s*=\s*([^=,]+?)\s*")
_SO_MANY = re.compile(r"\s*(\d{1,4})\s*x\s*(\d{1,7})\s*", re.ASCII)


class BadSynthOption(ValueError):
    """An option of `trunkline synth` that can't be; `option` names it."""

    def __init__(self, option: str, reason: str) -> None:
        self.option = option
        self.reason = reason
        super().__init__(f"--{option}: {reason}")


class SynthOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A synthetic campaign.

    `countries` are shares by region and need not add up to 1; `numbers` is
    how many a country; `connections` are limits by name. Numbers' answer
    rates lie evenly from `answer_rate - answer_rate_spread` to
    `answer_rate + answer_rate_spread`. Raises BadSynthOption.
    """

    contacts: int = 1000
    countries: Mapping[str, float]
    connections: Mapping[str, int]
    numbers: int = 3
    tenant_cap: int | None = None
    answer_rate: float = DEFAULTS.answer_rate
    answer_rate_spread: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        _within("contacts", self.contacts, 1, MOST_CONTACTS)
        _within("numbers", self.numbers, 1, 10_000)
        _within("seed", self.seed, 0, 2**63 - 1)
        if self.tenant_cap is not None:
            _within("tenant-cap", self.tenant_cap, 1, MOST)
        for limit in self.connections.values():
            _within("connections", limit, 1, MOST)
        if not 0.0 <= self.answer_rate <= 1.0:
            raise BadSynthOption("answer-rate", f"{self.answer_rate:g} is no rate; it must be from 0 to 1")
        low, high = self.answer_rate - self.answer_rate_spread, self.answer_rate + self.answer_rate_spread
        if self.answer_rate_spread < 0 or low < 0 or high > HIGHEST_ANSWER_RATE + 1e-9:
            reason = f"rates would go from {low:g} to {high:g}; with the other outcomes they must stay within"
            raise BadSynthOption("answer-rate-spread", f"{reason} 0 and {HIGHEST_ANSWER_RATE:g}")

    @property
    def cap(self) -> int:
        """The tenant's cap: as given, else what the connections carry together."""
        return self.tenant_cap if self.tenant_cap is not None else min(sum(self.connections.values()), MOST)


def read_countries(written: str) -> dict[str, float]:
    """Read shares by region: "US=0.6,GB=0.3,DE=0.1", or "US,GB" for equal ones."""
    shares: dict[str, float] = {}
    for entry in written.split(","):
        match = _ENTRY.fullmatch(entry)
        name, said = (match[1], match[2]) if match else (entry.strip(), "1")
        try:
            code = read_region(name)
        except ValueError as error:
            raise BadSynthOption("countries", str(error)) from None
        try:
            share = float(said)
        except ValueError:
            raise BadSynthOption("countries", f"{quoted(said)} is no share of {code}") from None
        if not 0.0 < share < float("inf"):
            raise BadSynthOption("countries", f"the share of {code} must be more than 0, not {said}")
        if code in shares:
            raise BadSynthOption("countries", f"{code} stands twice")
        shares[code] = share
    return shares


def read_connections(written: str) -> dict[str, int]:
    """Read limits by connection: "east=25,west=15", or "6x25" for six of 25 calls."""
    so_many = _SO_MANY.fullmatch(written)
    if so_many is not None:
        count, limit = int(so_many[1]), int(so_many[2])
        if not count:
            raise BadSynthOption("connections", "there must be one at least")
        return {f"trunk{number}": limit for number in range(1, count + 1)}
    limits: dict[str, int] = {}
    for entry in written.split(","):
        match = _ENTRY.fullmatch(entry)
        if match is None or not re.fullmatch(r"\d{1,7}", match[2], re.ASCII):
            raise BadSynthOption(
                "connections", f'{quoted(entry.strip())} is no limit; write "east=25,west=15" or "6x25"'
            )
        if not match[1].isprintable() or len(match[1]) > 100:
            raise BadSynthOption("connections", f"{quoted(match[1])} is no name")
        if match[1] in limits:
            raise BadSynthOption("connections", f"{quoted(match[1])} stands twice")
        limits[match[1]] = int(match[2])
    return limits


def one_of_parts(word: str, parts: tuple[str, ...]) -> str:
    """Return one of the parts that can be printed; raises BadSynthOption."""
    if word not in parts:
        hint = did_you_mean(word, parts) or f"; one of {', '.join(map(quoted, parts))}"
        raise BadSynthOption("part", f"there is no part {quoted(word)}{hint}")
    return word


def _within(option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadSynthOption(option, f"must be {low:,} to {high:,}, not {value}")
