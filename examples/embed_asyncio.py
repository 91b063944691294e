"""Dial from an asyncio program: futures of the engine can be awaited there, too."""

from __future__ import annotations

import asyncio

from trunkline import ActorSystem, Config, Contact, Engine
from trunkline.events import Event

CONFIG = {
    "tenants": [{"name": "acme", "max_concurrent": 4}],
    "connections": [{"name": "east", "max_concurrent": 3}],
    "numbers": [{"number": "+14155552671", "connection": "east"}],
    "campaigns": [{"name": "spring", "primary": "+14155552671", "keep_open": True}],
    "run": {"time_scale": 0.002},
}


async def main() -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    with ActorSystem.in_thread() as system:
        engine = Engine(Config.from_dict(CONFIG), seed=7, system=system, simulated=True)

        def follow(_time: float, event: Event) -> None:
            if event.event == "call.ended":
                loop.call_soon_threadsafe(ended.set)

        engine.observer.subscribe(follow)
        await engine.start()
        print("added", await engine.add_contacts("spring", [Contact("+442071838750", id="ada")]))
        await asyncio.wait_for(ended.wait(), timeout=30)
        result = await engine.close(drain=5.0)
    print("done", result.reason)


asyncio.run(main())
