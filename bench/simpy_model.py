"""The same campaign as a bare SimPy model: processes, resources, random times.

A contact is a process. It takes a slot of the tenant's, of the pool and of a
drawn number's connection, rings, perhaps talks, and gives them back. No
tiers, no weights, no retries, no journal, no log, no rules: what is left is
what the simulation of an attempt costs at the least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from random import Random
from typing import Any

import simpy

from bench.dialing import Size
from runtime.carriers import SimulatedOptions
from runtime.carriers.distributions import TALK_SIGMA

Steps = Generator[simpy.Event, Any, None]
RING_SHAPE = 4.0
MAX_RING_SECONDS = 45.0


class Model:
    """One campaign of `size`; outcomes and times as the simulated carrier's."""

    def __init__(self, size: Size, seed: int) -> None:
        self._env = simpy.Environment()
        self._random = Random(seed)
        self._options = SimulatedOptions()
        self._tenant = simpy.Resource(self._env, size.at_once)
        self._pool = simpy.Resource(self._env, size.a_connection * size.connections)
        connections = [simpy.Resource(self._env, size.a_connection) for _ in range(size.connections)]
        self._numbers = [connections[index % size.connections] for index in range(size.numbers)]
        self._contacts = size.contacts
        self.outcomes: Counter[str] = Counter()

    def run(self) -> int:
        """Call everybody once; returns the calls."""
        self._env.process(self._feed())
        self._env.run()
        return self.outcomes.total()

    def _feed(self) -> Steps:
        """Let a contact in whenever the tenant has a slot, so that no million of them waits."""
        for _ in range(self._contacts):
            slot = self._tenant.request()
            yield slot
            self._env.process(self._contact(slot))

    def _contact(self, slot: Any) -> Steps:
        random, options, env = self._random, self._options, self._env
        with slot, self._pool.request() as place:
            yield place
            connection = self._numbers[int(random.random() * len(self._numbers))]
            with connection.request() as trunk:
                yield trunk
                yield env.timeout(options.setup_ms / 1000)
                outcome = self._outcome(random.random())
                if outcome == "no_answer":
                    yield env.timeout(MAX_RING_SECONDS)
                elif outcome != "failed":
                    yield env.timeout(random.gammavariate(RING_SHAPE, options.ring_seconds / RING_SHAPE))
                    if outcome in ("answered", "voicemail"):
                        yield env.timeout(random.lognormvariate(0.0, TALK_SIGMA) * options.talk_seconds)
                self.outcomes[outcome] += 1

    def _outcome(self, drawn: float) -> str:
        options = self._options
        for outcome, rate in (
            ("answered", options.answer_rate),
            ("voicemail", options.voicemail_rate),
            ("busy", options.busy_rate),
            ("rejected", options.reject_rate),
            ("failed", options.failure_rate),
        ):
            if drawn < rate:
                return outcome
            drawn -= rate
        return "no_answer"
