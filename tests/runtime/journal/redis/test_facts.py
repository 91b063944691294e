"""What a daemon's journal knows that Redis may have lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from runtime.journal.entries import AnyEntry, Finished, NotPlaced
from runtime.journal.redis.facts import Entries, facts_after
from runtime.journal.redis.kept import field_of
from runtime.journal.redis.merging import Over
from runtime.partitions import partition_of
from tests.runtime.journal.histories import started
from tests.runtime.journal.redis.daemons import FIELD, PARTITION, TO, end_of, intent_of

UNIT = ("acme", PARTITION)


def journal(*entries: AnyEntry) -> Entries:
    def after(position: int) -> Iterator[tuple[int, AnyEntry]]:
        return ((at, entry) for at, entry in enumerate(entries, 1) if at > position)

    return after


def known(entries: Sequence[Any], position: int = 0, until: int = 100) -> object:
    return facts_after(journal(*entries), "acme", position, until)


def test_the_end_of_a_call_says_all_of_it_also_where_its_intent_was_not_lost() -> None:
    intent = intent_of("one")
    entries = [started(), intent, end_of(intent)]

    whole = {UNIT: {FIELD: [Over(intent, end_of(intent))]}}

    assert known(entries) == known(entries, position=2) == whole


def test_a_call_without_an_end_is_in_doubt_unless_nobody_has_acted_on_it() -> None:
    intent = intent_of("one")

    assert known([started(), intent]) == {UNIT: {FIELD: [intent]}}
    assert known([started(), intent], until=1) == known([started(), intent, end_of(intent)], until=1) == {}


def test_a_call_that_was_not_placed_is_said_to_be_none() -> None:
    intent = intent_of("one")
    void = NotPlaced(intent.call, "lease_over", 1.0)

    assert known([started(), intent, void]) == {UNIT: {FIELD: [void]}}


def test_how_another_daemons_call_ended_is_known_by_what_stands_with_it() -> None:
    other = intent_of("other")
    end = replace(end_of(other), of=other)

    assert known([started(), end]) == {UNIT: {FIELD: [Over(other, end)]}}


def test_a_contact_that_only_others_have_called_is_found_by_its_number() -> None:
    finished = Finished("spring", 5, "spring-5", "exhausted", TO)
    another = intent_of("one")

    found = known([started(), another, end_of(another), finished], position=3)

    assert found == {("acme", partition_of(TO)): {field_of("spring", "spring-5"): [finished]}}


def test_what_is_of_another_tenant_is_not_said() -> None:
    assert facts_after(journal(started(), intent_of("one")), "globex", 0, 100) == {}
