"""Contacts that join a campaign while it is dialed: made up, or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from actors.pool.geography import place_of
from actors.settings import CampaignSettings
from trunkline.config import ContactsFile
from trunkline.contacts import ContactIntake, Reason, RejectedRow, Row, read_contacts
from trunkline.synth import Subscribers


def made_up(
    name: str, count: int, region: str | None, campaign: CampaignSettings, intake: ContactIntake, seed: int
) -> Iterator[Row]:
    """Yield contacts with valid numbers that the campaign has not got yet.

    Their ids are `name-1` and on; `region` None is the primary number's.
    Raises OutOfNumbers.
    """
    where = region or place_of(campaign.primary).region or ""
    subscribers = Subscribers(where, Random(f"{seed}/{name}/{where}"))
    for place in range(1, count + 1):
        row = None
        while row is None or (isinstance(row, RejectedRow) and row.reason is Reason.DUPLICATE_PHONE):
            fields = {"id": f"{name}-{place}", "phone": next(subscribers), "country": where}
            row = intake.take(place, fields)
        yield row


def from_file(file: ContactsFile, intake: ContactIntake) -> Iterator[Row]:
    """Yield the rows of a file; raises ContactsError."""
    assert file.path is not None
    return read_contacts(file.path, intake, file.encoding)
