"""Which partition of a tenant's contacts a phone number belongs to."""

from __future__ import annotations

from zlib import crc32

from runtime.calls import E164
from runtime.ledger.resource import PARTITIONS


def partition_of(to: E164) -> int:
    """Find a phone number's partition, 0 to 255: the same in every process and on every machine.

    Everybody who has one phone number, in whatever campaign of the tenant,
    is in one partition: whoever holds it knows of every call to that phone.
    """
    return crc32(to.encode("ascii")) & (PARTITIONS - 1)
