"""The zones of a contact's calling hours: its column's, its number's, the default."""

from __future__ import annotations

import pytest

from trunkline.contacts import calling_zones, known_timezone


@pytest.mark.parametrize(
    ("column", "number", "default", "expected"),
    [
        ("Europe/Paris", ("Europe/Berlin",), "UTC", ("Europe/Paris",)),
        (None, ("Asia/Kolkata", "Asia/Dili"), "UTC", ("Asia/Kolkata", "Asia/Dili")),
        (None, (), "UTC", ("UTC",)),
        (None, (), None, ()),
    ],
)
def test_the_nearest_source_that_knows_a_zone_is_taken(
    column: str | None, number: tuple[str, ...], default: str | None, expected: tuple[str, ...]
) -> None:
    assert calling_zones(column, number, default) == expected


def test_a_zone_is_one_object_however_often_it_is_read() -> None:
    first = known_timezone("".join(["Europe/", "Berlin"]))
    assert first == "Europe/Berlin"
    assert first is known_timezone("".join(["Europe", "/Berlin"]))
