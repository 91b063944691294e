"""What the simulation must find: a ledger or a holder that is wrong in one way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from unittest.mock import patch

import msgspec

from runtime.ledger import holder as holder_module
from runtime.ledger import script
from runtime.ledger.holder import Holder
from runtime.ledger.statement import Reply
from tests.fleet_simulation import daemon as daemon_module
from tests.fleet_simulation.seeds import Outcome, run_seed

_hear = Holder.hear
_turn_to = Holder._turn_to


@dataclass(frozen=True)
class Mutant:
    """Changes of the script's text, or of a part of the program while it lasts."""

    name: str
    changes: Sequence[tuple[str, str]] = ()
    patched: Callable[[], AbstractContextManager[object]] = nullcontext
    start: int = 0
    """The first seed that its test tries."""
    losses: bool = False
    """Whether it takes plans of lost writes alone."""

    def run(self, seed: int) -> Outcome:
        """Run a seed with the mutant in place."""
        text = script.source()
        for old, new in self.changes:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: the script has {text.count(old)} times: {old}")
            text = text.replace(old, new)
        with self.patched():
            return run_seed(seed, text if self.changes else None, losses=self.losses)


def _to_any_statement(self: Holder, reply: Reply, now: float) -> bool:
    self.waiting = True
    return _hear(self, msgspec.structs.replace(reply, version=self.newest), now)


def _remember_nobody(self: Holder, reply: Reply) -> None:
    _turn_to(self, reply)
    self._remembered.clear()


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "no learning period",
        [("head.learning, head.learned = 1, 0", "head.learning, head.learned = 0, 0")],
        start=1,
    ),
    Mutant(
        "idle slots of a lapsed daemon are free",
        [
            (
                "record.remaining, record.wants = record.tail, 0",
                "record.remaining, record.wants, record.held = record.tail, 0, record.uses",
            )
        ],
        start=101,
    ),
    Mutant(
        "a lapsed daemon's slots are free",
        [("record.remaining, record.wants = record.tail, 0", "record.remaining, record.wants = 1, 0")],
        start=13,
    ),
    Mutant(
        "Redis' TIME ends a lease",
        [
            (
                "if not current and said.generation > 0 then mine.told = 0 end",
                "mine.told = redis.call('TIME')[1] * 1000",
            ),
            (
                "if record.quiet >= record.lease * SLACK then",
                "if redis.call('TIME')[1] * 1000 - record.told >= record.lease then",
            ),
        ],
        start=4,
    ),
    Mutant(
        "a repeat is not recognised", [("or said.version > mine.version", "or said.version >= mine.version")]
    ),
    Mutant("an overtaken statement is heeded", [("or said.version > mine.version", "or true")]),
    Mutant(
        "who comes back holds what it held",
        [("max(known and min(holds, mine.held) or 0, uses)", "max(holds, uses)")],
        start=45,
    ),
    Mutant(
        "a daemon's own limit is granted",
        [
            ("local left, held_in_all = head.limit, 0", "local left, held_in_all = said.limit, 0"),
            ("min(mine.share - mine.held, head.limit - held_in_all)", "mine.share - mine.held"),
        ],
    ),
    Mutant(
        "an older copy's figure is handed out",
        [("mine.held = in_lease and holds or uses --", "mine.held = max(mine.held, holds) --")],
        lambda: patch.object(Holder, "_take", _take_all),
        start=58,
    ),
    Mutant(
        "a newcomer is granted at once", [("and record.knows < mine.join then", "and false then")], start=2
    ),
    Mutant(
        "every observer lowers a countdown",
        [
            (
                "record.remaining = min(record.remaining, seen.value)",
                "record.remaining = max(0, min(record.remaining, seen.value) - 3000)",
            )
        ],
        start=340,
    ),
    Mutant("wants are never granted", [("local more = min(", "local more = min(0, ")]),
    Mutant(
        "one clock turns the day",
        [("day = min(day, records[name].own_day)", "day = records[name].own_day")],
        start=189,
    ),
    Mutant(
        "a partition goes to two",
        [("more > 0 and holder[unit] == 0", "more > 0 and holder[unit] ~= mine.index")],
        start=13,
    ),
    Mutant("a lease is taken for longer", patched=lambda: patch.object(holder_module, "MARGIN", 1.6)),
    Mutant("any reply is heeded", patched=lambda: patch.object(Holder, "hear", _to_any_statement), start=269),
    Mutant(
        "nobody is remembered",
        patched=lambda: patch.object(Holder, "_turn_to", _remember_nobody),
        losses=True,
    ),
    Mutant(
        "a rate's slot comes back early",
        patched=lambda: patch.object(daemon_module, "RATE_SECOND", 0.3),
        start=16,
    ),
)


def _take_all(self: Holder, reply: Reply) -> None:
    self.holds, self.units = reply.holds, reply.units
