"""The engine: wires the actors of a configuration and lets them dial."""

from trunkline.engine.engine import Engine
from trunkline.engine.identity import versions
from trunkline.engine.result import RunResult

__all__ = ["Engine", "RunResult", "versions"]
