"""Small pieces of HTML; every text from outside is escaped here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

_IN_SCRIPT = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def text(value: object) -> str:
    """Escape a text for an element or an attribute."""
    return escape(str(value), quote=True)


def in_script(value: object) -> str:
    """Write a value as JSON that can't end the script element that it stands in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_IN_SCRIPT)


NARROW_COLUMNS = 4
"""A table of more columns than this becomes a list of its rows on a narrow screen."""


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]], *, prose: bool = False) -> str:
    """Draw a table whose first column names its rows; `prose` cells hold sentences, which are broken.

    The roles say again what the elements are: a browser forgets it where a
    narrow screen makes blocks of them.
    """
    wide = prose or len(head) > NARROW_COLUMNS
    columns = "".join(f'<th scope="col"{_role("columnheader", wide)}>{text(name)}</th>' for name in head)
    body = "".join(
        f"<tr{_role('row', wide)}>"
        + "".join(
            _cell(place, name, cell, wide) for place, (name, cell) in enumerate(zip(head, row, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    kinds = [name for name, so in (("wide", wide), ("prose", prose)) if so]
    kind = f' class="{" ".join(kinds)}"' if kinds else ""
    group = _role("rowgroup", wide)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}">'
        f"<table{kind}{_role('table', wide)}><caption>{text(caption)}</caption>"
        f"<thead{group}><tr{_role('row', wide)}>{columns}</tr></thead>"
        f"<tbody{group}>{body}</tbody></table></div>"
    )


def _cell(place: int, name: str, cell: object, wide: bool) -> str:
    if place == 0:
        return f'<th scope="row"{_role("rowheader", wide)}>{text(cell)}</th>'
    label = f' data-label="{text(name)}"' if wide else ""
    return f"<td{_role('cell', wide)}{label}>{text(cell)}</td>"


def _role(role: str, wide: bool) -> str:
    return f" role={role}" if wide else ""


def figure(chart: str, said: str, *below: str, legend: str = "") -> str:
    """Hold a chart, what it says for those who don't see it, its legend and its tables."""
    return (
        f'<figure>{legend}<div class="chart" id="{text(chart)}" role="img" aria-label="{text(said)}"></div>'
        f"{''.join(below)}</figure>"
    )


def folded(title: str, *inside: str) -> str:
    """Hold tables that are opened by a click, and always when printed."""
    return f"<details><summary>{text(title)}</summary>{''.join(inside)}</details>"


def legend(names: Iterable[tuple[str, str]]) -> str:
    """Name the colours: pairs of a colour's variable and what it stands for."""
    items = "".join(
        f'<li><span class="swatch" style="background:var(--{color})"></span>{text(name)}</li>'
        for color, name in names
    )
    return f'<ul class="legend">{items}</ul>'


def section(name: str, title: str, lead: str, *inside: str) -> str:
    """Hold a part of the page under its heading."""
    label = f"{text(name)}-title"
    heading = f'<h2 id="{label}">{text(title)}</h2><p class="lead">{text(lead)}</p>'
    return f'<section id="{text(name)}" aria-labelledby="{label}">{heading}{"".join(inside)}</section>'


def card(label: str, value: str, note: str) -> str:
    """Show one key figure."""
    said = f"<b>{text(value)}</b><span>{text(note)}</span>"
    return f'<div class="card"><dt>{text(label)}</dt><dd>{said}</dd></div>'
