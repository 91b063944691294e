"""A run under way: who is at work in it, what may be changed, what can be asked."""

from trunkline.running.changes import Changes
from trunkline.running.questions import Questions
from trunkline.running.roster import Roster

__all__ = ["Changes", "Questions", "Roster"]
