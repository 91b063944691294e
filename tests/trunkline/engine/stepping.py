"""Run an engine message by message, act at a boundary, and look at what is left.

Every message of a system stands in one queue in the order in which it was
sent, so an operator's order that arrives after the n-th message, for every n,
meets every interleaving there can be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import trio

from runtime.observe.events import Event
from trunkline.config import Config
from trunkline.engine import Engine, RunResult

Act = Callable[[Engine], object]


class Stepped:
    """What came of a run: its result, its events, and how many messages it took."""

    def __init__(self, result: RunResult, log: list[tuple[float, Event]], messages: int, left: list[str]):
        self.result = result
        self.log = log
        self.messages = messages
        self.left = left
        """What was still held at rest; empty if nothing leaked."""

    def named(self, *names: str) -> list[Any]:
        """List the events of these names."""
        return [event for _, event in self.log if event.event in names]


def run_stepped(
    tables: dict[str, Any], folder: Path, acts: Mapping[int, Act] = MappingProxyType({}), seed: int = 1
) -> Stepped:
    """Dial tables in virtual time; before the n-th message do the n-th of `acts`."""
    log: list[tuple[float, Event]] = []
    config = Config.from_dict(tables, folder=folder)

    async def main() -> Stepped:
        sinks = (lambda time, event: log.append((time, event)),)
        engine = Engine(config, seed=seed, virtual=True, sinks=sinks)
        count = 0
        queue = engine.system.queue
        handle = queue.drain

        def drain(budget: int) -> int:
            nonlocal count
            left = budget
            while left and queue.entries:
                if count in acts:
                    acts[count](engine)
                count += 1
                left -= 1
                handle(1)
            return left

        queue.drain = drain  # type: ignore[method-assign]  # one message at a time
        with trio.fail_after(60):
            async with engine:
                result = await engine.finished
                messages = count
                await engine.system.until_idle()
                return Stepped(result, log, messages, what_is_held(engine))

    return trio.run(main)


def what_is_held(engine: Engine) -> list[str]:
    """Name every slot, lease, ticket, row, party and timer that an engine at rest still holds."""
    held: dict[str, Any] = {}
    for name, ref in engine._roster.connections.items():
        connection: Any = ref._actor_weakref()
        held[f"leases of {name}"] = dict(connection.slots.leases)
        held[f"tickets of {name}"] = connection.slots.tickets_out
        held[f"call rate of {name}"] = connection.rate.reserved
    for name, ref in engine._roster.tenants.items():
        tenant: Any = ref._actor_weakref()
        held[f"leases of {name}"] = dict(tenant.slots.leases)
        held[f"tickets of {name}"] = tenant.slots.tickets_out
        held[f"phones of {name}"] = set(tenant.parties)
        held[f"waiting for a phone of {name}"] = dict(tenant.parked)
    for name, ref in engine._roster.pools.items():
        pool: Any = ref._actor_weakref()
        held[f"numbers held by {name}"] = dict(pool.held)
        held[f"calls of {name}"] = dict(pool.calls)
        held[f"parked by {name}"] = dict(pool.parked)
        held[f"in use in {name}"] = pool.tenant_allowance.in_use
        for connection in pool.connections.values():
            held[f"in use on {connection.name} by {name}"] = connection.allowance.in_use
        for number in pool.numbers.values():
            held[f"in use from {number.number}"] = number.in_use
            held[f"open offers of {number.number}"] = number.open_offers if number.day_cap else 0
        for campaign in pool.campaigns.values():
            held[f"rows of {campaign.name}"] = len(campaign.room)
            held[f"in use of {campaign.name}"] = campaign.in_use
    for name, ref in engine._roster.campaigns.items():
        campaign_actor: Any = ref._actor_weakref()
        held[f"contacts at work of {name}"] = dict(campaign_actor.live)
        held[f"calls in progress of {name}"] = campaign_actor.calls.now
    held["messages"] = len(engine.system.queue.entries)
    held["timers"] = engine.system.loop.timers.foreground
    held["outside requests"] = len(engine.system.loop.requests)
    return [f"{what}: {one}" for what, one in held.items() if one]
