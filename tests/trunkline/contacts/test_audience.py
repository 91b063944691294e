"""The audience by country, and how a pool of numbers matches it."""

from __future__ import annotations

from actors.pool.geography import Place, place_of
from trunkline.contacts import Audience, AudienceReport, ContactIntake, Reason

WINTER = 1_767_571_200.0
SUMMER = WINTER + 180 * 86_400


def report(
    phones: list[str], numbers: list[Place], at: float = WINTER, nearby_hours: float = 2.0
) -> AudienceReport:
    audience = Audience(numbers, nearby_hours=nearby_hours)
    intake = ContactIntake(now=lambda: at)
    for row, phone in enumerate(phones, start=1):
        audience.add(intake.take(row, {"phone": phone}))
    return audience.report(at)


BERLIN, LONDON, SAN_FRANCISCO, MILAN = "+4930123456", "+442071838750", "+14155552671", "+390212345678"


def test_contacts_are_counted_by_country_the_greatest_first() -> None:
    counts = report([LONDON, BERLIN, "+4930123457", "+80012345678"], []).by_country
    assert list(counts.items()) == [("DE", 2), ("GB", 1), ("unknown", 1)]


def test_rejected_rows_are_counted_by_reason() -> None:
    audience = report([LONDON, LONDON, "x", "y", "+1 900 234 5678"], [])
    assert dict(audience.by_reason) == {Reason.LETTERS: 2, Reason.DUPLICATE_PHONE: 1, Reason.PREMIUM_RATE: 1}
    assert (audience.rows, audience.contacts, audience.rejected) == (5, 1, 4)


def test_each_contact_matches_by_country_or_timezone_or_not_at_all() -> None:
    audience = report([BERLIN, MILAN, LONDON, SAN_FRANCISCO, "+80012345678"], [place_of(BERLIN)])
    assert (audience.country_match, audience.timezone_match, audience.no_match) == (1, 2, 2)
    assert audience.share(audience.timezone_match) == 0.4
    assert dict(audience.uncovered) == {"GB": 1, "IT": 1, "US": 1, "unknown": 1}


def test_what_counts_as_nearby_is_the_campaigns_to_say() -> None:
    assert report([LONDON], [place_of(BERLIN)], nearby_hours=0.5).timezone_match == 0
    assert report([LONDON], [place_of(BERLIN)], nearby_hours=1.0).timezone_match == 1


def test_daylight_saving_counts_at_the_moment_asked_about() -> None:
    phoenix, los_angeles = Place("XX", ("America/Phoenix",)), SAN_FRANCISCO
    assert report([los_angeles], [phoenix], WINTER, nearby_hours=0).timezone_match == 0
    assert report([los_angeles], [phoenix], SUMMER, nearby_hours=0).timezone_match == 1


def test_a_number_of_no_country_matches_no_other_of_none() -> None:
    audience = report(["+80012345678"], [place_of("+80012345679")])
    assert (audience.country_match, audience.timezone_match, audience.no_match) == (0, 0, 1)


def test_without_numbers_or_contacts_shares_are_nothing() -> None:
    assert report([LONDON], []).no_match == 1
    empty = report([], [place_of(BERLIN)])
    assert empty.share(empty.country_match) == 0.0
