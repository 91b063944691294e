"""A simulated run over all its lives: one, unless the scenario restarts the daemon."""

from __future__ import annotations

from runtime.observe.observer import Sink
from trunkline.config import Config
from trunkline.config.episodes import RESTARTS
from trunkline.engine import Engine
from trunkline.lives.daemon import Daemon

__all__ = ["Daemon", "restarts", "simulation"]


def restarts(config: Config) -> bool:
    """Tell whether the scenario restarts the daemon."""
    return any(event.kind in RESTARTS for event in config.scenario)


def simulation(config: Config, seed: int | None, sinks: tuple[Sink, ...]) -> Engine | Daemon:
    """Give what dials a configuration in virtual time: enter it, and await `finished`."""
    if restarts(config):
        return Daemon(config, seed=seed, sinks=sinks)
    return Engine(config, seed=seed, virtual=True, sinks=sinks)
