"""The configuration of a synthetic campaign, as a file that people would write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from trunkline.synth.audience import Plan
from trunkline.synth.options import SynthOptions

CONFIG_NAME = "campaign.toml"
CONTACTS_NAME = "contacts.csv"


def configuration(options: SynthOptions, plan: Plan, *, command: str, contacts: str = CONTACTS_NAME) -> str:
    """Return the TOML; `command` is what wrote it, `contacts` the file of people."""
    return "\n".join(_lines(options, plan, command, contacts)) + "\n"


def _lines(options: SynthOptions, plan: Plan, command: str, contacts: str) -> Iterator[str]:
    yield "# A synthetic campaign: its phone numbers are valid, and may be somebody's. Simulate it."
    yield f"# {command}"
    yield from ("", "[[tenants]]", 'name = "synthetic"', f"max_concurrent = {options.cap}")
    for name, limit in options.connections.items():
        yield from ("", "[[connections]]", f"name = {_text(name)}", 'carrier = "simulated"')
        yield f"max_concurrent = {limit}"
        yield from ("", "[connections.options]", f"answer_rate = {options.answer_rate:g}")
    names = list(options.connections)
    pool = []
    turn = 0
    for country, numbers in plan.pool.items():
        rates = answer_rates(options, country)
        for number, rate in zip(numbers, rates, strict=True):
            pool.append(number)
            yield from ("", f"[[numbers]]  # {country}", f"number = {_text(number)}")
            yield f"connection = {_text(names[turn % len(names)])}"
            if options.answer_rate_spread:
                yield f"simulated = {{ answer_rate = {rate:g} }}"
            turn += 1
    yield from ("", "[[campaigns]]", 'name = "synthetic"', f"primary = {_text(pool[0])}", "pool = [")
    for number in pool:
        yield f"    {_text(number)},"
    yield from ("]", f"contacts = {_text(contacts)}")
    yield from ("", "[run]", f"seed = {options.seed}")


def answer_rates(options: SynthOptions, country: str) -> list[float]:
    """Give the numbers of a country their answer rates: evenly spread, in a drawn order."""
    count, spread = options.numbers, options.answer_rate_spread
    steps = [2 * place / (count - 1) - 1 if count > 1 else 0.0 for place in range(count)]
    rates = [round(options.answer_rate + spread * step, 6) for step in steps]
    Random(f"{options.seed}/answer rates/{country}").shuffle(rates)
    return rates


def _text(value: str) -> str:
    """Write a basic string; TOML's escapes are JSON's."""
    return json.dumps(value, ensure_ascii=False)
