"""What an earlier life knew of a campaign, and how much of it has been taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from actors.messages import Doubt, Index, Profile
from runtime.contacts import FedRow
from runtime.journal.recovered import CampaignState


class EarlierLife(msgspec.Struct, frozen=True):
    """What is known of a campaign: its state, its rows in order, its calls in doubt.

    `loaded` is called when the last row has been taken over.
    """

    state: CampaignState
    rows: Iterator[FedRow]
    doubts: Mapping[int, Doubt]
    canceled: bool
    loaded: Callable[[], None]


class TakingOver:
    """How far a campaign's contacts have been taken over.

    A crash leaves it at a row, which is then taken over again: all that is
    done for a row can be done twice, and the row is counted in one step.
    """

    def __init__(self, life: EarlierLife) -> None:
        self.life = life
        self.rows: list[FedRow] | None = None
        """The rows of this turn, once they are read."""
        self.taken = 0
        """How many of this turn's rows have been taken over."""
        self.contacts = 0
        """How many contacts have been, in all turns."""
        self.first = Index(0)
        self.fresh: list[Profile] = []
        """The contacts from `first` on that nobody has called yet, not yet told to the pool."""
