"""Dial from a plain synchronous program: the engine has a thread of its own."""

from __future__ import annotations

import threading

from trunkline import ActorSystem, Config, Contact, Engine

CONFIG = {
    "tenants": [{"name": "acme", "max_concurrent": 4}],
    "connections": [{"name": "east", "max_concurrent": 3}],
    "numbers": [{"number": "+14155552671", "connection": "east"}],
    "campaigns": [{"name": "spring", "primary": "+14155552671", "keep_open": True}],
    "run": {"time_scale": 0.002},
}


def main() -> None:
    ended = threading.Event()
    with ActorSystem.in_thread() as system:
        engine = Engine(Config.from_dict(CONFIG), seed=7, system=system, simulated=True)
        engine.observer.subscribe(lambda _time, event: ended.set() if event.event == "call.ended" else None)
        engine.start().get()
        added = engine.add_contacts("spring", [Contact("+442071838750", id="ada")]).get()
        print("added", added)
        ended.wait(timeout=30)
        result = engine.close(drain=5.0).get()
    print("done", result.reason)


main()
