"""Two runs side by side: what differs between their summaries, and how surely."""

from trunkline.compare.comparison import Comparison, Difference, compare
from trunkline.compare.regression import BadRegression, Regression, judge, read_regression

__all__ = [
    "BadRegression",
    "Comparison",
    "Difference",
    "Regression",
    "compare",
    "judge",
    "read_regression",
]
