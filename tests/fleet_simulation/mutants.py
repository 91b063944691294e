"""What the simulation must find: a ledger or a holder that is wrong in one way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from runtime.ledger import script
from tests.fleet_simulation.seeds import Outcome, run_seed


@dataclass(frozen=True)
class Mutant:
    """A change of the script's text, or of a part of the program while it lasts."""

    name: str
    old: str = ""
    new: str = ""
    patch: Callable[[], AbstractContextManager[object]] = nullcontext

    def run(self, seed: int) -> Outcome:
        """Run a seed with the mutant in place."""
        text = script.source()
        if text.count(self.old) < 1:
            raise ValueError(f"the script has no longer what {self.name} changes")
        with self.patch():
            return run_seed(seed, text.replace(self.old, self.new) if self.old else None)


MUTANTS: tuple[Mutant, ...] = ()
