"""Horizontal bars."""

from __future__ import annotations

from trunkline.report.charts.axes import Spec


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
