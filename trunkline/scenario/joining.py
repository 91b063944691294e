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

    Their ids are `name-1` and on; those that it has are left out, so that
    what an earlier life began is gone on with. `region` None is the primary
    number's. Raises OutOfNumbers.
    """
    where = region or place_of(campaign.primary).region or ""
    subscribers = Subscribers(where, Random(f"{seed}/{name}/{where}"))
    for place in range(1, count + 1):
        if intake.has(f"{name}-{place}"):
            next(subscribers)
            continue
        row = None
        while row is None or (isinstance(row, RejectedRow) and row.reason is Reason.DUPLICATE_PHONE):
            fields = {"id": f"{name}-{place}", "phone": next(subscribers), "country": where}
            row = intake.take(place, fields)
        yield row


def from_file(file: ContactsFile, intake: ContactIntake, *, again: bool) -> Iterator[Row]:
    """Yield the rows of a file; raises ContactsError.

    `again` is whether an earlier life may have taken some of them: rows that
    are known are passed over then.
    """
    assert file.path is not None
    for row in read_contacts(file.path, intake, file.encoding):
        if not (again and isinstance(row, RejectedRow) and row.reason in _KNOWN):
            yield row


_KNOWN = frozenset((Reason.DUPLICATE_PHONE, Reason.DUPLICATE_ID))
