"""Each number's share, answer rate and weight over time: lines, or rows of shades."""

from __future__ import annotations

from trunkline.report.charts.axes import Spec, colors, line_under_pointer, marks, time_axis, when
from trunkline.report.data import NumberChart

MOST_LINES = 8
"""With more numbers than this lines can't be told apart: they become rows of shades."""


def numbers_over_time(place: int, chart: NumberChart, what: str, *, flagged: bool) -> Spec:
    """Draw each number's share, answer rate or weight: `what` is s, a or w.

    `flagged` is whether there is a mark to draw: a layer without data is
    complained of.
    """
    if len(chart.numbers) > MOST_LINES:
        return _rows(place, chart, what, flagged=flagged)
    time = time_axis()
    keys = [f"{what}{index}" for index in range(len(chart.numbers))]
    return {
        "data": {"name": f"numbers{place}"},
        "height": 190,
        "layer": [
            {
                "transform": [{"fold": keys, "as": ["key", "value"]}],
                "mark": {"type": "line", "strokeWidth": 2, "interpolate": "monotone"},
                "encoding": {
                    "x": time,
                    "y": {
                        "field": "value",
                        "type": "quantitative",
                        "axis": {"title": None, "format": "~%", "tickCount": 5},
                    },
                    "color": colors(keys, [f"$n{place}_{index}" for index in range(len(keys))]),
                },
            },
            *([marks(time, f"flags{place}")] if flagged else []),
            line_under_pointer(
                time,
                when("t"),
                *(
                    {"field": key, "title": number, "format": ".1%"}
                    for key, number in zip(keys, chart.numbers, strict=True)
                ),
            ),
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def _rows(place: int, chart: NumberChart, what: str, *, flagged: bool) -> Spec:
    """Draw many numbers as rows, darker where the figure is higher."""
    order = list(chart.numbers)
    time = time_axis()
    return {
        "height": 15 * len(order),
        "layer": [
            {
                "data": {"name": f"shades{place}{what}"},
                "mark": {"type": "rect"},
                "encoding": {
                    "x": time,
                    "x2": {"field": "until"},
                    "y": {
                        "field": "number",
                        "type": "nominal",
                        "sort": None,
                        "axis": {"title": None, "ticks": False, "domain": False, "labelFontSize": 10},
                    },
                    "color": {
                        "field": "value",
                        "type": "quantitative",
                        "scale": {"range": ["$low", "$accent"]},
                        "legend": {
                            "title": None,
                            "format": "~%",
                            "orient": "top",
                            "gradientLength": 140,
                            "gradientThickness": 8,
                            "tickCount": 3,
                        },
                    },
                    "tooltip": [
                        when("t"),
                        {"field": "number", "title": "number"},
                        {"field": "value", "title": "value", "format": ".1%"},
                    ],
                },
            },
            *([_row_flags(place, time)] if flagged else []),
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def _row_flags(place: int, time: Spec) -> Spec:
    return {
        "data": {"name": f"flags{place}"},
        "mark": {"type": "point", "filled": True, "shape": "triangle-right", "size": 70, "opacity": 1},
        "encoding": {
            "x": time,
            "y": {"field": "subject", "type": "nominal", "sort": None},
            "color": {"value": "$bad"},
            "tooltip": [when("t"), {"field": "what", "title": "what"}],
        },
    }
