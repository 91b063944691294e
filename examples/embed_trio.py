"""Dial from a trio program: add contacts, follow the results."""

from __future__ import annotations

import trio

from trunkline import Config, Contact, Engine

CONFIG = {
    "tenants": [{"name": "acme", "max_concurrent": 4}],
    "connections": [{"name": "east", "max_concurrent": 3}],
    "numbers": [{"number": "+14155552671", "connection": "east"}],
    "campaigns": [{"name": "spring", "primary": "+14155552671", "keep_open": True}],
    "run": {"time_scale": 0.002},
}
PEOPLE = [Contact("+442071838750", id="ada"), Contact("+14155552672", id="bob", extra={"name": "Bob"})]


async def main() -> None:
    async with Engine(Config.from_dict(CONFIG), seed=7, simulated=True) as engine:
        await engine.add_contacts("spring", PEOPLE)
        print("capacity", (await engine.breakdown("spring")).ceiling)
        called: set[str] = set()
        async for result in engine.results():
            print(result.contact, result.outcome)
            called.add(result.contact)
            if len(called) == len(PEOPLE):
                break
        await engine.close(drain=5.0)
    print("done")


trio.run(main)
