"""From a row of a file to what a campaign is fed."""

from __future__ import annotations

from actors.pool.geography import place_of
from actors.settings import CampaignSettings
from runtime.contacts import FedRow, NewContact, RejectedContact
from trunkline.contacts.rows import RejectedRow, Row
from trunkline.contacts.zones import calling_zones


def fed_row(row: Row, campaign: CampaignSettings) -> FedRow:
    """Turn a row into what a campaign takes in, with what its pool has to know."""
    if isinstance(row, RejectedRow):
        return RejectedContact(row.row, row.reason.value)
    return NewContact(
        row.row,
        row.contact,
        row.to,
        row.region,
        row.zones,
        place_of(row.to, with_area=True).area if campaign.prefer_area_match else None,
        calling_zones(row.timezone, row.zones, campaign.default_timezone),
        row.names,
        row.values,
    )
