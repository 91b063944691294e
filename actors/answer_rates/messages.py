"""What crosses between a tenant's pool and the actor that shares its answer rates."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from actors.answer_rates.totals import Statement
from actors.messages import Message, Ref


class Stated(msgspec.Struct, frozen=True):
    """All that one daemon has counted, under a version that rises with every result."""

    version: int
    totals: Statement


class News(msgspec.Struct, frozen=True):
    """What a store knows beyond the asker, by daemon, and of which daemons it knows less."""

    stated: Mapping[str, Stated]
    behind: frozenset[str]


class ShareNow(Message, frozen=True, gc=False):
    """It is time to state what was counted, and to hear what others have."""


class AskTotals(Message, frozen=True, gc=False):
    """Say what was counted here; answer `TotalsHere`."""

    ref: Ref


class TotalsHere(Message, frozen=True, gc=False):
    """What was counted here, over all lives of this daemon; `results` are so many."""

    results: int
    totals: Statement


class TotalsHeard(Message, frozen=True, gc=False):
    """What the store has answered."""

    news: News


class TotalsElsewhere(Message, frozen=True, gc=False):
    """What other daemons have counted, and what this one's earlier life had stated.

    `earlier` is None but for the first time: later it is known here better.
    """

    stated: dict[str, Statement]
    earlier: Statement | None
