"""Dispatch by the engine: every actor and rule at work, no log."""

from __future__ import annotations

from bench.dialing import Dialed, dial
from bench.exchange.decided import Decided
from bench.turns import Stopwatch
from runtime.calls import E164
from runtime.carriers import InstantLine
from runtime.observe.events import DispatchGranted, Event
from trunkline.config import Config


def decide(config: Config, seed: int) -> list[Decided]:
    """Dispatch once, and tell what was decided from the grants."""
    decided: list[Decided] = []

    def take(_time: float, event: Event) -> None:
        if isinstance(event, DispatchGranted):
            decided.append(
                Decided(
                    event.contact,
                    E164(event.number),
                    event.connection,
                    event.tier,
                    event.weight,
                    event.share,
                    event.candidates,
                )
            )

    dial(config, Stopwatch(), seed=seed, line=InstantLine, sinks=(take,), reading=False)
    return decided


def dispatch(config: Config, seed: int, stopwatch: Stopwatch) -> Dialed:
    """Dispatch once, timed from the first offer on."""
    return dial(config, stopwatch, seed=seed, line=InstantLine, reading=False)
