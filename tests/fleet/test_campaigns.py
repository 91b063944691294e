"""What the daemons of a round dial."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests.fleet.campaigns import timezone_at_midday, write_contacts

CONTACTS = 10_000
SEEDS = (1, 2, 3, 107)


def phones_of(folder: Path, campaign: str) -> Sequence[str]:
    return [row.partition(",")[2] for row in (folder / f"{campaign}.csv").read_text().split()[1:]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_campaign_has_no_phone_twice_since_the_second_row_would_be_rejected(
    tmp_path: Path, seed: int
) -> None:
    counts = write_contacts(tmp_path, Random(seed), CONTACTS)

    assert {name: len(set(phones_of(tmp_path, name))) for name in counts} == counts


@pytest.mark.parametrize("seed", SEEDS)
def test_some_of_a_tenants_contacts_have_one_phone_in_two_campaigns(tmp_path: Path, seed: int) -> None:
    write_contacts(tmp_path, Random(seed), CONTACTS)

    in_both = set(phones_of(tmp_path, "spring")) & set(phones_of(tmp_path, "autumn"))

    assert len(in_both) >= 5


def test_it_is_midday_where_the_numbers_are_at_every_hour() -> None:
    for hour in range(24):
        now = hour * 3600 + 1800.0
        assert datetime.fromtimestamp(now, ZoneInfo(timezone_at_midday(now))).hour == 12
