"""Where a fleet's contacts are kept: the partitions' actors speak to Redis by the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from actors.answer_rates.messages import News, Stated
from actors.answer_rates.totals import Statement
from actors.partitions.messages import Contacts, Counts
from runtime.journal.redis.book import Book, Recorded
from runtime.journal.redis.journal import RedisJournal
from runtime.journal.redis.kept import Kept, field_of
from runtime.journal.redis.link import ContactsLink


class RedisContacts:
    """A `ContactsStore` on the connection of the journal: what it writes first is there first."""

    def __init__(self, journal: RedisJournal) -> None:
        self._journal = journal

    def hear_refusals(self, tell: Callable[[str, int], None]) -> None:
        """Tell of each partition on which an intent was refused, on the loop."""
        self._journal.refused = lambda unit: tell(*unit)

    def take(
        self, tenant: str, partitions: Iterable[int], answer: Callable[[dict[int, Contacts]], None]
    ) -> None:
        """Take partitions over: from now on no other daemon's intent on them is written."""
        self._journal.take(tenant, partitions, answer)

    def forget(self, tenant: str, partitions: frozenset[int]) -> None:
        """Lose partitions at once: what is remembered is said again only if nobody has taken them."""
        self._journal.forget(tenant, partitions)

    def verify(self, tenant: str, daemons: Iterable[str], answer: Callable[[], None]) -> None:
        """See whether Redis has lost what it had acknowledged; answers when it is said again."""
        self._journal.verify(tenant, [run_of(node) for node in daemons], answer)

    def look_up(
        self,
        tenant: str,
        campaign: str,
        contacts: Sequence[tuple[int, str]],
        answer: Callable[[list[Kept | None]], None],
    ) -> None:
        """Read what is kept of contacts in partitions that are held; None where nothing is."""
        places = tuple((partition, field_of(campaign, contact)) for partition, contact in contacts)
        self._journal.look_up(tenant, places, answer)

    def leave(self, tenant: str, partition: int, answer: Callable[[], None]) -> None:
        """Let a partition go when all that was said of it is written."""
        self._journal.leave(tenant, partition, lambda unit: answer())

    def share_changes(
        self, tenant: str, known: Mapping[str, Recorded], answer: Callable[[Book], None]
    ) -> None:
        """Say which of the operators' changes are known here; answers all that is known."""
        self._journal.do(lambda link: link.share_changes(tenant, known), answer)

    def share_answer_rates(
        self,
        tenant: str,
        said: Mapping[str, Stated],
        known: Mapping[str, int],
        answer: Callable[[News], None],
    ) -> None:
        """Say what some daemons have counted of answers, and ask for what isn't known."""
        encoded = {daemon: (one.version, msgspec.json.encode(one.totals)) for daemon, one in said.items()}
        self._journal.do(partial(_share_answers, tenant, encoded, known), answer)

    def compare(self, tenant: str, campaign: str, digest: str, answer: Callable[[bool], None]) -> None:
        """Say which contacts were read for a campaign; answers whether the first daemon read the same."""
        self._journal.do(lambda link: link.first_said(tenant, "files", campaign, digest) == digest, answer)

    def tell_finished(
        self,
        tenant: str,
        campaign: str,
        counts: Mapping[int, Counts],
        answer: Callable[[frozenset[int]], None],
    ) -> None:
        """Say that partitions are finished; answers those of which nobody had said so."""
        encoded = {partition: msgspec.json.encode(one) for partition, one in counts.items()}
        self._journal.do(lambda link: link.tell_finished(tenant, campaign, encoded), answer)

    def read_finished(self, tenant: str, answer: Callable[[dict[str, dict[int, Counts]]], None]) -> None:
        """Read which partitions are finished, by campaign."""
        self._journal.do(partial(_read_finished, tenant), answer)


def run_of(node: str) -> str:
    """Give the run of a daemon by its name in the ledger: by that its journal is known."""
    return node.rpartition(":")[2]


def _read_finished(tenant: str, link: ContactsLink) -> dict[str, dict[int, Counts]]:
    return {
        campaign: {partition: _decode(one) for partition, one in counts.items()}
        for campaign, counts in link.read_finished(tenant).items()
    }


def _share_answers(
    tenant: str, said: Mapping[str, tuple[int, bytes]], known: Mapping[str, int], link: ContactsLink
) -> News:
    found, behind = link.share_answers(tenant, said, known)
    return News(
        {daemon: Stated(version, _decode_totals(counted)) for daemon, (version, counted) in found.items()},
        behind,
    )


_decode = msgspec.json.Decoder(Counts).decode
_decode_totals = msgspec.json.Decoder(Statement).decode
