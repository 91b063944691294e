"""Scenarios: what happens while a campaign is dialed, written down beforehand."""

from trunkline.scenario.played import Played, UnappliedEvent
from trunkline.scenario.player import ScenarioPlayer

__all__ = ["Played", "ScenarioPlayer", "UnappliedEvent"]
