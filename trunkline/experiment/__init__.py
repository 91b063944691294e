"""Experiments: the same campaign over many seeds and settings, and what differs."""

from trunkline.experiment.conduct import Broken, Progress, conduct
from trunkline.experiment.grid import BadSetting, Setting
from trunkline.experiment.plan import BadPlan, Plan, make_plan
from trunkline.experiment.reckoning import Reckoning, reckon
from trunkline.experiment.results import Results
from trunkline.experiment.work import RunOutcome, RunSpec, run_one

__all__ = [
    "BadPlan",
    "BadSetting",
    "Broken",
    "Plan",
    "Progress",
    "Reckoning",
    "Results",
    "RunOutcome",
    "RunSpec",
    "Setting",
    "conduct",
    "make_plan",
    "reckon",
    "run_one",
]
