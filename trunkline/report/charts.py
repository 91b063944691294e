"""The report's charts in Vega-Lite.

A string that begins with `$` is the name of a colour, put in by the page for
its theme. Data go by name and are put in by the page as well; no text from
outside is part of a specification but titles of tooltips.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from trunkline.report.data import ConnectionChart, NumberChart, ReportData

Spec: TypeAlias = dict[str, Any]

MOST_LINES = 8
"""With more numbers than this lines can't be told apart: they become rows of shades."""

_CLOCK = (
    "utchours(datum.value) || utcminutes(datum.value) || utcseconds(datum.value) ? "
    "utcFormat(datum.value, utcseconds(datum.value) ? '%H:%M:%S' : '%H:%M') : "
    "utcFormat(datum.value, '%a %e %b')"
)


def _time(ticks: str = "width / 90") -> Spec:
    """Return the time axis; every chart's data begin and end with the run."""
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "nice": False},
        "axis": {
            "title": None,
            "grid": False,
            "labelOverlap": True,
            "tickCount": {"expr": ticks},
            "labelExpr": _CLOCK,
        },
    }


_STEP = "step-after"
_NEAREST: Spec = {
    "name": "at",
    "select": {
        "type": "point",
        "on": "pointermove",
        "nearest": True,
        "clear": "pointerout",
        "encodings": ["x"],
    },
}
_DURATION_LABEL = (
    "datum.value < 60 ? format(datum.value, '~g') + ' s' : "
    "datum.value < 3600 ? format(datum.value / 60, '~g') + ' min' : "
    "datum.value < 86400 ? format(datum.value / 3600, '~g') + ' h' : format(datum.value / 86400, '~g') + ' d'"
)
_WAIT_TICKS = (0, 1, 5, 20, 60, 300, 1200, 3600, 14400, 86400, 259200, 864000)


def calls_in_progress(data: ReportData) -> Spec:
    """Draw calls in progress, stacked by connection, against the ceiling."""
    keys = [f"c{index}" for index in range(len(data.connections))]
    time = _time()
    rule: Spec = {
        "params": [_NEAREST],
        "mark": {"type": "rule", "color": "$ink", "strokeWidth": 1},
        "encoding": {
            "x": time,
            "opacity": {"condition": {"param": "at", "empty": False, "value": 0.5}, "value": 0},
            "tooltip": [
                _when("t"),
                {"field": "ceiling", "title": "ceiling"},
                {"field": "total", "title": "in progress"},
                *({"field": key, "title": name} for key, name in zip(keys, data.connections, strict=True)),
            ],
        },
    }
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
                    "mark": {"type": "area", "interpolate": _STEP, "color": f"${key}", "opacity": 0.9},
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
                    "interpolate": _STEP,
                    "color": "$ceiling",
                    "strokeWidth": 1.5,
                    "strokeDash": [5, 3],
                },
                "encoding": {"x": time, "y": {"field": "ceiling", "type": "quantitative"}},
            },
            *([_marks(time)] if data.marks["t"] else []),
            rule,
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def connection_use(index: int, chart: ConnectionChart) -> Spec:
    """Draw one connection's most calls in each bucket, and its limit."""
    time = _time("3")
    return {
        "height": 84,
        "layer": [
            {
                "data": {"name": f"each{index}"},
                "mark": {"type": "area", "interpolate": _STEP, "color": f"$c{index}", "opacity": 0.9},
                "encoding": {
                    "x": time,
                    "y": {
                        "field": "most",
                        "type": "quantitative",
                        "axis": {"title": None, "tickCount": 3, "tickMinStep": 1},
                    },
                    "tooltip": [
                        _when("t"),
                        {"field": "least", "title": "least"},
                        {"field": "most", "title": "most"},
                    ],
                },
            },
            {
                "data": {"name": f"limit{index}"},
                "mark": {
                    "type": "line",
                    "interpolate": _STEP,
                    "color": "$ceiling",
                    "strokeWidth": 1.25,
                    "strokeDash": [5, 3],
                },
                "encoding": {"x": time, "y": {"field": "limit", "type": "quantitative"}},
            },
        ],
    }


def numbers_over_time(place: int, chart: NumberChart, what: str, *, flagged: bool) -> Spec:
    """Draw each number's share, answer rate or weight: `what` is s, a or w.

    `flagged` is whether there is a mark to draw: a layer without data is
    complained of.
    """
    if len(chart.numbers) > MOST_LINES:
        return _rows(place, chart, what, flagged=flagged)
    time = _time()
    keys = [f"{what}{index}" for index in range(len(chart.numbers))]
    rule: Spec = {
        "params": [_NEAREST],
        "mark": {"type": "rule", "color": "$ink", "strokeWidth": 1},
        "encoding": {
            "x": time,
            "opacity": {"condition": {"param": "at", "empty": False, "value": 0.5}, "value": 0},
            "tooltip": [
                _when("t"),
                *(
                    {"field": key, "title": number, "format": ".1%"}
                    for key, number in zip(keys, chart.numbers, strict=True)
                ),
            ],
        },
    }
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
                    "color": _colors(keys, [f"$n{place}_{index}" for index in range(len(keys))]),
                },
            },
            *([_marks(time, f"flags{place}")] if flagged else []),
            rule,
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def _rows(place: int, chart: NumberChart, what: str, *, flagged: bool) -> Spec:
    """Draw many numbers as rows, darker where the figure is higher."""
    order = list(chart.numbers)
    time = _time()
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
                        _when("t"),
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
            "tooltip": [_when("t"), {"field": "what", "title": "what"}],
        },
    }


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
                    "color": _colors(["first", "retry"], ["$accent", "$second"]),
                },
            },
            {
                "params": [_NEAREST],
                "mark": {"type": "rule", "color": "$ink"},
                "encoding": {
                    "x": {"field": "share", "type": "quantitative"},
                    "opacity": {"condition": {"param": "at", "empty": False, "value": 0.5}, "value": 0},
                    "tooltip": [
                        {"field": "share", "title": "per cent"},
                        *({"field": key, "title": f"{key}, seconds", "format": ",.1f"} for key in keys),
                    ],
                },
            },
        ],
    }


def bars(name: str, rows: int, most: float) -> Spec:
    """Draw horizontal bars from rows of label, value, said and tone; the longest is `most`."""
    return {
        "data": {"name": name},
        "height": 30 * rows,
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": None,
                "axis": {"title": None, "ticks": False, "domain": False, "labelLimit": 120},
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": [0, 1.5 * max(1.0, most)]},
            },
        },
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "height": {"band": 0.62}},
                "encoding": {
                    "color": {
                        "field": "tone",
                        "type": "nominal",
                        "legend": None,
                        "scale": {
                            "domain": ["accent", "second", "muted"],
                            "range": ["$accent", "$second", "$muted"],
                        },
                    },
                    "tooltip": [{"field": "label", "title": "what"}, {"field": "said", "title": "calls"}],
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "color": "$ink"},
                "encoding": {"text": {"field": "said"}},
            },
        ],
    }


def _marks(time: Spec, name: str = "marks") -> Spec:
    return {
        "data": {"name": name},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [2, 3], "strokeWidth": 1, "opacity": 0.75},
                "encoding": {"x": time, "color": _levels()},
            },
            {
                "mark": {
                    "type": "point",
                    "shape": "triangle-down",
                    "filled": True,
                    "size": 60,
                    "opacity": 1,
                    "yOffset": -4,
                },
                "encoding": {
                    "x": time,
                    "y": {"value": 0},
                    "color": _levels(),
                    "tooltip": [_when("t"), {"field": "what", "title": "what"}],
                },
            },
        ],
    }


def _levels() -> Spec:
    return {
        "field": "level",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["info", "warning", "error"], "range": ["$soft", "$warn", "$bad"]},
    }


def _colors(keys: Sequence[str], colors: Sequence[str]) -> Spec:
    return {
        "field": "key",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(keys), "range": list(colors)},
    }


def _when(field: str) -> Spec:
    return {
        "field": field,
        "type": "temporal",
        "title": "time",
        "format": "%a %d %b %H:%M:%S",
        "formatType": "utc",
    }


def _numbers_of(column: Sequence[object]) -> list[float]:
    return [one for one in column if isinstance(one, int | float)]
