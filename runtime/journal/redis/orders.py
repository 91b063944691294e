"""What the thread that speaks to Redis is told, and asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from runtime.journal.base import Record
from runtime.journal.redis.kept import Field, Kept
from runtime.journal.redis.link import ContactsLink
from runtime.journal.redis.states import Unit


class Written(msgspec.Struct, frozen=True, gc=False):
    """A record is durable in the local journal, at this position."""

    record: Record
    seq: int


class Ship(msgspec.Struct, frozen=True, gc=False):
    """Write these to Redis; each intent is answered when it is there."""

    written: list[Written]


Taken: TypeAlias = dict[int, dict[tuple[str, str], Kept]]
"""What is known of the contacts of partitions: by campaign and id."""


class Take(msgspec.Struct, frozen=True, gc=False):
    """Take a tenant's partitions over; `answer` is told the contacts of each, by campaign and id."""

    tenant: str
    partitions: tuple[int, ...]
    answer: Callable[[Taken], None]


class Leave(msgspec.Struct, frozen=True, gc=False):
    """Hold a partition no more; `answer` is told when Redis has all that was written of it."""

    unit: Unit
    answer: Callable[[Unit], None]


class Verify(msgspec.Struct, frozen=True, gc=False):
    """See whether Redis has lost what it had acknowledged; then say it again.

    `daemons` are all that this one has heard of: nobody takes contacts over
    before they have said again what they know. `answer` is told when this one
    has.
    """

    tenant: str
    daemons: tuple[str, ...]
    answer: Callable[[], None]


class LookUp(msgspec.Struct, frozen=True, gc=False):
    """Read what is kept of contacts, each named by its partition and field; None where nothing is.

    Their calls are in doubt: whoever placed them may have said how they ended.
    """

    tenant: str
    places: tuple[tuple[int, Field], ...]
    answer: Callable[[list[Kept | None]], None]


class Forget(msgspec.Struct, frozen=True, gc=False):
    """These partitions are lost: what is remembered of them is said again only if nobody has taken them."""

    tenant: str
    partitions: frozenset[int]


class Do(msgspec.Struct, frozen=True, gc=False):
    """Do something with Redis after all that was said before; tried until it is done."""

    run: Callable[[ContactsLink], Any]
    answer: Callable[[Any], None]


class Name(msgspec.Struct, frozen=True, gc=False):
    """The run's name, by which Redis knows this journal."""

    writer: str


Order: TypeAlias = Take | Leave | LookUp | Verify | Do
"""What is done after all that was written before it."""
