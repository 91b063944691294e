"""What a run has to fulfil: a figure of its summary against a limit."""

from __future__ import annotations

from trunkline.thresholds.threshold import Comparison, Threshold, judge

__all__ = ["Comparison", "Threshold", "judge"]
