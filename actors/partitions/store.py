"""Where the state of contacts goes from daemon to daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from actors.answer_rates.store import AnswerRatesStore
from actors.partitions.messages import Contacts, Counts
from runtime.journal.redis.book import Book, Recorded
from runtime.journal.redis.kept import Kept


class ContactsStore(AnswerRatesStore, Protocol):
    """What Redis does for a tenant's partitions; every answer comes on the loop.

    What is asked is done in order, once Redis can be reached.
    """

    def hear_refusals(self, tell: Callable[[str, int], None]) -> None:
        """Tell of each tenant's partition on which an intent was refused."""
        ...

    def take(
        self, tenant: str, partitions: Iterable[int], answer: Callable[[dict[int, Contacts]], None]
    ) -> None:
        """Take partitions over: from now on no other daemon's intent on them is written."""
        ...

    def forget(self, tenant: str, partitions: frozenset[int]) -> None:
        """Lose partitions at once: what is remembered is said again only if nobody has taken them."""
        ...

    def verify(self, tenant: str, daemons: Iterable[str], answer: Callable[[], None]) -> None:
        """See whether Redis has lost what it had acknowledged, and say it again; answers when that is done.

        `daemons` are all nodes that this one has heard of: partitions are
        taken over only when each of them has said again what it knows, or
        none of its calls can be up any more.
        """
        ...

    def look_up(
        self,
        tenant: str,
        campaign: str,
        contacts: Sequence[tuple[int, str]],
        answer: Callable[[list[Kept | None]], None],
    ) -> None:
        """Read what is kept of contacts in partitions that are held; None where nothing is."""
        ...

    def leave(self, tenant: str, partition: int, answer: Callable[[], None]) -> None:
        """Let a partition go when all that was said of it is written."""
        ...

    def share_changes(
        self, tenant: str, known: Mapping[str, Recorded], answer: Callable[[Book], None]
    ) -> None:
        """Say which of the operators' changes are known here; answers all that is known.

        `known` is by what each is about; so is the book. It is said again
        each time, for a store that has lost its data.
        """
        ...

    def compare(self, tenant: str, campaign: str, digest: str, answer: Callable[[bool], None]) -> None:
        """Say which contacts were read for a campaign; answers whether the first daemon read the same."""
        ...

    def tell_finished(
        self,
        tenant: str,
        campaign: str,
        counts: Mapping[int, Counts],
        answer: Callable[[frozenset[int]], None],
    ) -> None:
        """Say that partitions are finished; answers those of which nobody had said so."""
        ...

    def read_finished(self, tenant: str, answer: Callable[[dict[str, dict[int, Counts]]], None]) -> None:
        """Read which partitions are finished, by campaign."""
        ...
