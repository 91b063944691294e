"""Where a campaign's contacts come from: its file, and what an earlier life has taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from actors.campaign.earlier_life import EarlierLife
from actors.settings import CampaignSettings
from runtime.contacts import FedRow, NewContact
from runtime.errors import ContactsError, JournalContradicted
from runtime.journal.base import Journal
from runtime.journal.recovered import CampaignState, Recovered
from runtime.kernel import ActorSystem
from runtime.observe.events import CampaignFinished
from trunkline.config import Config, ContactsFile
from trunkline.contacts import ContactIntake, read_contacts
from trunkline.contacts.digest import RowsDigest, check_taken
from trunkline.contacts.feed import fed_row
from trunkline.contacts.piped import PipedRows
from trunkline.resume import Resumption
from trunkline.running import Roster


class Feeds:
    """Reads contacts for the campaigns of a run, each through its own intake.

    `failed` hears, on the loop, of a file that breaks off.
    """

    def __init__(
        self,
        config: Config,
        journal: Journal,
        resumption: Resumption | None,
        roster: Roster,
        system: ActorSystem,
        failed: Callable[[ContactsError | JournalContradicted], None],
        *,
        virtual: bool,
    ) -> None:
        self._config = config
        self._journal = journal
        self._resumption = resumption
        self._roster = roster
        self._system = system
        self._failed = failed
        self._virtual = virtual

    def open(self, campaign: CampaignSettings, digest: RowsDigest) -> Iterator[FedRow] | PipedRows | None:
        """Give the rows that are still to be read; None where none are expected."""
        intake = self._roster.intakes[campaign.name] = ContactIntake(
            default_region=campaign.default_region,
            default_timezone=campaign.default_timezone,
            hours=campaign.calling_hours,
            now=self._system.clock.time,
        )
        source = self._config.contacts[campaign.name]
        if source is None:
            return None
        state = self.state_of(campaign.name)
        complete = state is not None and state.complete
        if source.path is None:
            return None if complete else self._piped(source, campaign, intake, digest)
        rows = self._read(source.path, source, campaign, intake, digest)
        if not complete:
            return rows
        following = next(rows, None)  # the file may have grown since it was read to its end
        return None if following is None else chain((following,), rows)

    def _piped(
        self, source: ContactsFile, campaign: CampaignSettings, intake: ContactIntake, digest: RowsDigest
    ) -> PipedRows:
        """Read standard input, without its buffer: a thread that waits there would lock it to the end."""
        if sys.stdin is None:
            raise ContactsError("standard input", "can't be read: it is closed")
        stream = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
        rows = self._read(stream, source, campaign, intake, digest)
        kept = digest.hexdigest if self._journal.keeps else _no_digest
        return PipedRows(rows, kept, self._system.outside_request, whole=self._virtual)

    def _read(
        self,
        stream: Path | BinaryIO,
        source: ContactsFile,
        campaign: CampaignSettings,
        intake: ContactIntake,
        digest: RowsDigest,
    ) -> Iterator[FedRow]:
        state = self.state_of(campaign.name)
        taken = (0, None) if state is None else (state.file_rows, state.digest)
        kept = digest if self._journal.keeps else None
        try:
            for row in read_contacts(stream, intake, source.encoding, digest=kept, taken=taken):
                yield fed_row(row, campaign)
        except (ContactsError, JournalContradicted) as error:
            self._system.call_soon_threadsafe(self._failed, error)

    def state_of(self, campaign: str) -> CampaignState | None:
        """Give what an earlier life has written of a campaign."""
        return None if self._resumption is None else self._resumption.recovered.campaigns.get(campaign)

    def finished(self, campaign: CampaignSettings, feed: object | None) -> CampaignFinished | None:
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


def _no_digest() -> None:
    """Stand for the digest where no journal is kept."""


def check_taken_rows(config: Config, recovered: Recovered) -> None:
    """Refuse contacts files that don't begin with what an earlier life has taken.

    Raises JournalContradicted.
    """
    for name, file in config.contacts.items():
        state = recovered.campaigns.get(name)
        if file is not None and file.path is not None and state is not None and file.path.exists():
            check_taken(file.path, file.encoding, state.file_rows, state.digest)
