"""What the charts share: the time axis, the line under the pointer, marks, colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

Spec: TypeAlias = dict[str, Any]

_CLOCK = (
    "utchours(datum.value) || utcminutes(datum.value) || utcseconds(datum.value) ? "
    "utcFormat(datum.value, utcseconds(datum.value) ? '%H:%M:%S' : '%H:%M') : "
    "utcFormat(datum.value, '%a %e %b')"
)


STEP = "step-after"
NEAREST: Spec = {
    "name": "at",
    "select": {
        "type": "point",
        "on": "pointermove",
        "nearest": True,
        "clear": "pointerout",
        "encodings": ["x"],
    },
}


def time_axis(ticks: str = "width / 90") -> Spec:
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


def line_under_pointer(x: Spec, *told: Spec) -> Spec:
    """Draw a line at the value nearest to the pointer, and tell what holds there."""
    return {
        "params": [NEAREST],
        "mark": {"type": "rule", "color": "$ink", "strokeWidth": 1},
        "encoding": {
            "x": x,
            "opacity": {"condition": {"param": "at", "empty": False, "value": 0.5}, "value": 0},
            "tooltip": list(told),
        },
    }


def marks(time: Spec, name: str = "marks") -> Spec:
    """Mark what happened by lines with a handle at their top."""
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
                    "tooltip": [when("t"), {"field": "what", "title": "what"}],
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


def colors(keys: Sequence[str], colors: Sequence[str]) -> Spec:
    """Give each key of a folded column its colour."""
    return {
        "field": "key",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(keys), "range": list(colors)},
    }


def when(field: str) -> Spec:
    """Tell a time in a tooltip."""
    return {
        "field": field,
        "type": "temporal",
        "title": "time",
        "format": "%a %d %b %H:%M:%S",
        "formatType": "utc",
    }
