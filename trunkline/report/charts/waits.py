"""The percentiles of waiting."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.report.charts.axes import Spec, colors, line_under_pointer
from trunkline.report.data import ReportData

_DURATION_LABEL = (
    "datum.value < 60 ? format(datum.value, '~g') + ' s' : "
    "datum.value < 3600 ? format(datum.value / 60, '~g') + ' min' : "
    "datum.value < 86400 ? format(datum.value / 3600, '~g') + ' h' : format(datum.value / 86400, '~g') + ' d'"
)
_WAIT_TICKS = (0, 1, 5, 20, 60, 300, 1200, 3600, 14400, 86400, 259200, 864000)


def waiting_times(data: ReportData) -> Spec:
    """Draw the percentiles of waiting: what share waited no longer than that."""
    keys = [name for name in ("first", "retry") if name in data.waits]
    longest = max((max(_numbers_of(data.waits[key])) for key in keys), default=0.0)
    ticks = [tick for tick in _WAIT_TICKS if tick <= longest * 1.2] or [0, 1]
    return {
        "data": {"name": "waits"},
        "height": 220,
        "layer": [
            {
                "transform": [{"fold": keys, "as": ["key", "seconds"]}],
                "mark": {"type": "line", "strokeWidth": 2.25, "interpolate": "monotone"},
                "encoding": {
                    "x": {
                        "field": "share",
                        "type": "quantitative",
                        "scale": {"domain": [0, 100], "nice": False},
                        "axis": {
                            "title": "share of attempts, in per cent",
                            "values": [0, 25, 50, 75, 100],
                            "labelOverlap": False,
                            "grid": True,
                        },
                    },
                    "y": {
                        "field": "seconds",
                        "type": "quantitative",
                        "scale": {"type": "symlog", "constant": 1, "domainMin": 0},
                        "axis": {"title": None, "values": ticks, "labelExpr": _DURATION_LABEL},
                    },
                    "color": colors(["first", "retry"], ["$accent", "$second"]),
                },
            },
            line_under_pointer(
                {"field": "share", "type": "quantitative"},
                {"field": "share", "title": "per cent"},
                *({"field": key, "title": f"{key}, seconds", "format": ",.1f"} for key in keys),
            ),
        ],
    }


def _numbers_of(column: Sequence[object]) -> list[float]:
    return [one for one in column if isinstance(one, int | float)]
