"""Hears when this life is durable: nobody dials before."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from runtime.kernel import EngineActor, handles


class LifeBegun(msgspec.Struct, frozen=True, gc=False):
    """The journal has this life's beginning for certain."""


class Opening(EngineActor):
    """Passes on that the life is durable, and is no more."""

    def __init__(self, begun: Callable[[], None]) -> None:
        super().__init__()
        self._begun = begun

    @handles(LifeBegun)
    def life_begun(self, message: LifeBegun) -> None:
        """Let dialing begin, as far as this is concerned."""
        self._begun()
        self.stop()
