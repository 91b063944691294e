"""Every rule, in the order in which they are asked and listed."""

from __future__ import annotations

from trunkline.audit.rule import Rule
from trunkline.audit.rules import (
    attempts,
    calls,
    campaigns,
    capacity,
    contacts,
    draws,
    limits,
    numbers,
    priority,
    tiers,
)

LINES = Rule("log.time", "Timestamps never go back within a run.", {})
COMPLETE = Rule("log.complete", "With --complete, the log ends with engine.stopped.", {})

RULES: tuple[Rule, ...] = (
    *calls.RULES,
    *limits.RULES,
    *numbers.RULES,
    *tiers.RULES,
    *draws.RULES,
    *attempts.RULES,
    *contacts.RULES,
    *campaigns.RULES,
    *priority.RULES,
    *capacity.RULES,
    LINES,
    COMPLETE,
)
