"""The report's charts in Vega-Lite.

A string that begins with `$` is the name of a colour, put in by the page for
its theme. Data go by name and are put in by the page as well; no text from
outside is part of a specification but titles of tooltips.
"""

from trunkline.report.charts.bars import bars
from trunkline.report.charts.calls import calls_in_progress, connection_use
from trunkline.report.charts.numbers import MOST_LINES, numbers_over_time
from trunkline.report.charts.waits import waiting_times

__all__ = ["MOST_LINES", "bars", "calls_in_progress", "connection_use", "numbers_over_time", "waiting_times"]
