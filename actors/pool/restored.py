"""The state of a pool at the end of an earlier life."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from runtime.calls import E164


class RestoredPool(msgspec.Struct, frozen=True):
    """The state of a tenant's numbers and campaigns at the end of an earlier life.

    `flagged` and `paused` are complete: who isn't named may be dialed from,
    whatever the configuration said first. `dialed_today` counts the calls that
    a number's day cap has seen, `results` are outcomes in order, one byte
    each, by campaign and number.
    """

    flagged: frozenset[E164] = frozenset()
    paused: frozenset[E164] = frozenset()
    removed: frozenset[E164] = frozenset()
    paused_campaigns: frozenset[str] = frozenset()
    canceled_campaigns: frozenset[str] = frozenset()
    dialed_today: Mapping[E164, int] = {}
    results: Mapping[tuple[str, E164], bytes] = {}
