"""Scenarios: what happens while a campaign is dialed, written down beforehand."""

from trunkline.scenario.player import ScenarioPlayer, UnappliedEvent

__all__ = ["ScenarioPlayer", "UnappliedEvent"]
