"""Where a campaign's contacts come from: its file, and what an earlier life has taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain

from actors.campaign.earlier_life import EarlierLife
from actors.settings import CampaignSettings
from runtime.contacts import FedRow, NewContact
from runtime.errors import ContactsError, JournalContradicted
from runtime.journal.base import Journal
from runtime.journal.recovered import CampaignState, Recovered
from runtime.observe.events import CampaignFinished
from trunkline.config import Config, ContactsFile
from trunkline.contacts import ContactIntake, read_contacts
from trunkline.contacts.digest import RowsDigest, check_taken
from trunkline.contacts.feed import fed_row
from trunkline.resume import Resumption
from trunkline.running import Roster


class Feeds:
    """Reads contacts for the campaigns of a run, each through its own intake.

    `failed` hears of a file that breaks off; `now` gives seconds since the
    epoch.
    """

    def __init__(
        self,
        config: Config,
        journal: Journal,
        resumption: Resumption | None,
        roster: Roster,
        now: Callable[[], float],
        failed: Callable[[ContactsError | JournalContradicted], None],
    ) -> None:
        self._config = config
        self._journal = journal
        self._resumption = resumption
        self._roster = roster
        self._now = now
        self._failed = failed

    def open(self, campaign: CampaignSettings, digest: RowsDigest) -> Iterator[FedRow] | None:
        """Give the rows that are still to be read; None where none are expected."""
        intake = self._roster.intakes[campaign.name] = ContactIntake(
            default_region=campaign.default_region,
            default_timezone=campaign.default_timezone,
            hours=campaign.calling_hours,
            now=self._now,
        )
        source = self._config.contacts[campaign.name]
        if source is None:
            return None
        rows = self._read(source, campaign, intake, digest)
        state = self.state_of(campaign.name)
        if state is None or not state.complete:
            return rows
        if source.path is None:
            return None
        following = next(rows, None)  # the file may have grown since it was read to its end
        return None if following is None else chain((following,), rows)

    def _read(
        self, source: ContactsFile, campaign: CampaignSettings, intake: ContactIntake, digest: RowsDigest
    ) -> Iterator[FedRow]:
        stream = sys.stdin.buffer if source.path is None else source.path
        state = self.state_of(campaign.name)
        taken = (0, None) if state is None else (state.file_rows, state.digest)
        kept = digest if self._journal.keeps else None
        try:
            for row in read_contacts(stream, intake, source.encoding, digest=kept, taken=taken):
                yield fed_row(row, campaign)
        except (ContactsError, JournalContradicted) as error:
            self._failed(error)

    def state_of(self, campaign: str) -> CampaignState | None:
        """Give what an earlier life has written of a campaign."""
        return None if self._resumption is None else self._resumption.recovered.campaigns.get(campaign)

    def finished(self, campaign: CampaignSettings, feed: Iterator[FedRow] | None) -> CampaignFinished | None:
        """Give the campaign's end where an earlier life has come to it, and no row was added since."""
        state = self.state_of(campaign.name)
        if state is None or state.done is None:
            return None
        if not state.swept and (campaign.keep_open or feed is not None):
            return None
        return state.done

    def earlier_life(self, campaign: str, loaded: Callable[[], None]) -> EarlierLife | None:
        """Give what the campaign takes over; `loaded` is called when it has."""
        state, resumption = self.state_of(campaign), self._resumption
        if state is None or resumption is None:
            return None
        return EarlierLife(
            state,
            self._rows_again(campaign),
            resumption.doubts.get(campaign, {}),
            campaign in resumption.pool.canceled_campaigns,
            loaded,
        )

    def _rows_again(self, campaign: str) -> Iterator[FedRow]:
        """Yield the rows of the earlier life; the intake knows whom it has taken."""
        intake = self._roster.intakes[campaign]
        for row in self._journal.rows(campaign):
            if isinstance(row, NewContact):
                intake.remember(row.contact, row.to)
            yield row


def check_taken_rows(config: Config, recovered: Recovered) -> None:
    """Refuse contacts files that don't begin with what an earlier life has taken.

    Raises JournalContradicted.
    """
    for name, file in config.contacts.items():
        state = recovered.campaigns.get(name)
        if file is not None and file.path is not None and state is not None and file.path.exists():
            check_taken(file.path, file.encoding, state.file_rows, state.digest)
