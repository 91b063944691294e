"""What must have happened over all seeds, or the simulation proves little."""

from __future__ import annotations

from collections import Counter

SOMETIMES = (
    "a lapse was recorded",
    "a lapsed daemon came back while its slots were counted",
    "a countdown ended and its slots were free",
    "a learning period ended early",
    "a learning period ended in full",
    "the server began another life",
    "an older copy was taken for the ledger",
    "the ledger was empty",
    "a silent daemon was remembered by another",
    "a newcomer waited until all had met it",
    "a repeated statement was answered",
    "an overtaken statement was not heeded",
    "an old master's answer was not heeded",
    "a daemon spoke to the old master",
    "a call came after its not_after",
    "a call was placed after its lease and was counted",
    "a daemon stopped between the look and the send",
    "a daemon came back with its journal",
    "a daemon was replaced",
    "a clock jumped and was taken as a lapse",
    "Redis' clock was set",
    "a limit was lowered below what was in use",
    "a daemon followed another's limit",
    "a day turned",
    "a partition went to another daemon",
    "slots went round where daemons outnumber them",
    "a daemon left and came back",
    "a lease ended while Redis was away",
)


class Happened:
    """Counts what happened in one run."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, what: str) -> None:
        """Note that it happened."""
        if what not in SOMETIMES:
            raise ValueError(f"not in the catalogue: {what}")
        self.counts[what] += 1
