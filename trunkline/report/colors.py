"""The report's colours: one for each connection, shades of it for its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LIGHT = ("#2f6fb5", "#d97f26", "#2f8f6f", "#b24a78", "#7459b5", "#8c7a2b", "#3c9cb8", "#b84d43")
DARK = ("#6ea8e6", "#f0a35c", "#62c2a0", "#e084ae", "#a992e6", "#cdb964", "#73cbe3", "#ea8a80")
"""Told apart by those who don't see all colours; in the same order for both themes."""

_TOWARDS = {"light": "#10151c", "dark": "#ffffff"}
_BASES = {"light": LIGHT, "dark": DARK}


def palettes(connections: Sequence[str], numbers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Name every colour, for both themes: c0, c1, … by connection, n0, n1, … by number.

    `numbers` are the charted numbers with their connections.
    """
    found: dict[str, dict[str, str]] = {}
    for theme, bases in _BASES.items():
        colors = {f"c{index}": bases[index % len(bases)] for index in range(len(connections))}
        mine: dict[str, list[int]] = {}
        for index, connection in enumerate(numbers.values()):
            mine.setdefault(connection, []).append(index)
        for connection, indexes in mine.items():
            place = connections.index(connection) if connection in connections else len(connections)
            base = bases[place % len(bases)]
            for rank, index in enumerate(indexes):
                colors[f"n{index}"] = _mixed(base, _TOWARDS[theme], 0.72 * rank / max(2, len(indexes) - 1))
        found[theme] = colors
    return found


def _mixed(color: str, other: str, share: float) -> str:
    pairs = [(int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)
