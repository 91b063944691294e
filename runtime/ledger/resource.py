"""What daemons share: a limit of some kind, and the key that it is kept under."""

from __future__ import annotations

from enum import Enum
from urllib.parse import quote

import msgspec

PARTITIONS = 256
"""Into so many units a tenant's contacts are parted, by the hash of the phone number."""


class Kind(str, Enum):
    """What is limited.

    The first four are calls at once. A `RATE` slot is in use from the moment
    a call is reserved until one second after it was placed. A `DAY` slot is
    spent: it comes back with the number's next day. `PARTITIONS` are units
    with a name, each held by one daemon.
    """

    CONNECTION = "connection"
    TENANT = "tenant"
    CAMPAIGN = "campaign"
    NUMBER = "number"
    RATE = "rate"
    DAY = "day"
    PARTITIONS = "partitions"


class Resource(msgspec.Struct, frozen=True, gc=False, order=True):
    """One limit; names are unique within a kind and a namespace."""

    kind: Kind
    name: str

    def key(self, namespace: str) -> str:
        """Give the key in Redis, whose hash tag is the resource alone."""
        return f"trunkline:{quote(namespace, safe='')}:{{{self.kind.value}:{quote(self.name, safe='+')}}}"
