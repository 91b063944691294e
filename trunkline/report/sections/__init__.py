"""The parts of the page, from the top to the bottom."""

from trunkline.report.sections.advice import advice
from trunkline.report.sections.bars import all_bars, outcomes, tiers, tries
from trunkline.report.sections.bottom import campaigns, foot, repeat
from trunkline.report.sections.calls import calls
from trunkline.report.sections.numbers import flags, numbers, shades
from trunkline.report.sections.top import cards, head, thresholds
from trunkline.report.sections.waits import waits

__all__ = [
    "advice",
    "all_bars",
    "calls",
    "campaigns",
    "cards",
    "flags",
    "foot",
    "head",
    "numbers",
    "outcomes",
    "repeat",
    "shades",
    "thresholds",
    "tiers",
    "tries",
    "waits",
]
