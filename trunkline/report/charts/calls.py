"""Calls in progress over time: all against the ceiling, each connection against its limit."""

from __future__ import annotations

from trunkline.report.charts.axes import STEP, Spec, line_under_pointer, marks, time_axis, when
from trunkline.report.data import ConnectionChart, ReportData


def calls_in_progress(data: ReportData) -> Spec:
    """Draw calls in progress, stacked by connection, against the ceiling."""
    keys = [f"c{index}" for index in range(len(data.connections))]
    time = time_axis()
    return {
        "data": {"name": "calls"},
        "height": 300,
        # Not by Vega's own stacking: it would add up the two states of one instant.
        "transform": [
            {"calculate": "0", "as": "floor"},
            *(
                {
                    "calculate": f"datum.top{index - 1} + datum.{key}" if index else f"datum.{key}",
                    "as": f"top{index}",
                }
                for index, key in enumerate(keys)
            ),
        ],
        "layer": [
            *(
                {
                    "mark": {"type": "area", "interpolate": STEP, "color": f"${key}", "opacity": 0.9},
                    "encoding": {
                        "x": time,
                        "y": {
                            "field": f"top{index}",
                            "type": "quantitative",
                            "stack": None,
                            "axis": {"title": None, "tickMinStep": 1},
                        },
                        "y2": {"field": f"top{index - 1}" if index else "floor"},
                    },
                }
                for index, key in enumerate(keys)
            ),
            {
                "mark": {
                    "type": "line",
                    "interpolate": STEP,
                    "color": "$ceiling",
                    "strokeWidth": 1.5,
                    "strokeDash": [5, 3],
                },
                "encoding": {"x": time, "y": {"field": "ceiling", "type": "quantitative"}},
            },
            *([marks(time)] if data.marks["t"] else []),
            line_under_pointer(
                time,
                when("t"),
                {"field": "ceiling", "title": "ceiling"},
                {"field": "total", "title": "in progress"},
                *({"field": key, "title": name} for key, name in zip(keys, data.connections, strict=True)),
            ),
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def connection_use(index: int, chart: ConnectionChart) -> Spec:
    """Draw one connection's most calls in each bucket, and its limit."""
    time = time_axis("3")
    return {
        "height": 84,
        "layer": [
            {
                "data": {"name": f"each{index}"},
                "mark": {"type": "area", "interpolate": STEP, "color": f"$c{index}", "opacity": 0.9},
                "encoding": {
                    "x": time,
                    "y": {
                        "field": "most",
                        "type": "quantitative",
                        "axis": {"title": None, "tickCount": 3, "tickMinStep": 1},
                    },
                    "tooltip": [
                        when("t"),
                        {"field": "least", "title": "least"},
                        {"field": "most", "title": "most"},
                    ],
                },
            },
            {
                "data": {"name": f"limit{index}"},
                "mark": {
                    "type": "line",
                    "interpolate": STEP,
                    "color": "$ceiling",
                    "strokeWidth": 1.25,
                    "strokeDash": [5, 3],
                },
                "encoding": {"x": time, "y": {"field": "limit", "type": "quantitative"}},
            },
        ],
    }
