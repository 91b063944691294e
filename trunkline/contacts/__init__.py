"""Contacts: a file as people have it, read into rows that can be dialed or not."""

from trunkline.contacts.audience import Audience, AudienceReport
from trunkline.contacts.intake import ContactIntake
from trunkline.contacts.phone import Dialable, read_phone
from trunkline.contacts.reader import STANDARD_INPUT, check_file, read_contacts
from trunkline.contacts.reasons import Reason, Refusal
from trunkline.contacts.rows import ContactRow, RejectedRow, Row
from trunkline.contacts.zones import calling_zones, known_timezone

__all__ = [
    "STANDARD_INPUT",
    "Audience",
    "AudienceReport",
    "ContactIntake",
    "ContactRow",
    "Dialable",
    "Reason",
    "Refusal",
    "RejectedRow",
    "Row",
    "calling_zones",
    "check_file",
    "known_timezone",
    "read_contacts",
    "read_phone",
]
