"""Contacts are dealt out evenly, and alike everywhere."""

from __future__ import annotations

from collections import Counter

from runtime.calls import E164
from runtime.ledger.resource import PARTITIONS
from runtime.partitions import partition_of


def test_a_phone_number_is_in_the_same_partition_in_every_process_and_version() -> None:
    assert [partition_of(E164(f"+1415555{number}")) for number in (2000, 2001, 2002)] == [119, 225, 91]


def test_numbers_of_one_block_are_dealt_out_evenly() -> None:
    counts = Counter(partition_of(E164(f"+1415{number:07}")) for number in range(100 * PARTITIONS))

    assert len(counts) == PARTITIONS
    assert max(counts.values()) < 2 * min(counts.values())
