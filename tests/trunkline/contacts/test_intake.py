"""A row becomes a contact or is rejected with its reason; never both."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from actors.pool.geography import place_of
from actors.settings import CallingHours
from trunkline.contacts import ContactIntake, ContactRow, Reason, RejectedRow
from trunkline.contacts.header import Columns

MONDAY = 1_767_571_200.0
"""2026-01-05T00:00:00Z."""

OFFICE_HOURS = CallingHours(windows=((9 * 60, 17 * 60),), days=frozenset(range(5)))


def intake(
    default_region: str | None = None,
    default_timezone: str | None = None,
    hours: CallingHours | None = None,
) -> ContactIntake:
    return ContactIntake(
        default_region=default_region, default_timezone=default_timezone, hours=hours, now=lambda: MONDAY
    )


def taken(desk: ContactIntake, row: int = 1, **fields: str) -> ContactRow:
    answer = desk.take(row, fields)
    assert isinstance(answer, ContactRow), answer
    return answer


def rejected(desk: ContactIntake, row: int = 1, **fields: str) -> RejectedRow:
    answer = desk.take(row, fields)
    assert isinstance(answer, RejectedRow), answer
    assert answer.row == row
    assert answer.detail
    return answer


def test_a_contact_has_its_numbers_place_and_its_own_columns() -> None:
    contact = taken(
        intake("US"), 7, id=" c-7 ", phone="(415) 555-2671", timezone="America/Denver", name="Ada", note=""
    )
    assert (contact.row, contact.contact, contact.to) == (7, "c-7", "+14155552671")
    assert (contact.region, contact.zones) == ("US", ("America/Los_Angeles",))
    assert contact.timezone == "America/Denver"
    assert contact.extra == {"name": "Ada", "note": ""}


@pytest.mark.parametrize(
    "phone", ["+14155552671", "+447911123456", "+80012345678", "+390669812345", "+18002345678"]
)
def test_region_and_zones_are_those_that_the_pools_numbers_are_matched_by(phone: str) -> None:
    contact = taken(intake(), phone=phone)
    place = place_of(phone)
    assert (contact.region, contact.zones) == (place.region, place.zones)


def test_a_missing_id_is_the_rows_number() -> None:
    desk = intake()
    assert taken(desk, 12, phone="+14155552671").contact == "12"
    assert taken(desk, 13, id="  ", phone="+14155552672").contact == "13"


def test_fields_are_found_in_any_case() -> None:
    answer = intake().take(1, {"ID": "a", " Phone ": "+14155552671", "Timezone": "UTC", "Name": "Ada"})
    assert isinstance(answer, ContactRow)
    assert (answer.contact, answer.timezone, answer.extra) == ("a", "UTC", {"Name": "Ada"})


@pytest.mark.parametrize("fields", [{}, {"name": "Ada"}, {"phone": ""}, {"phone": " \u00a0"}])
def test_a_row_without_a_phone_is_rejected(fields: Mapping[str, str]) -> None:
    answer = intake().take(1, fields)
    assert isinstance(answer, RejectedRow)
    assert answer.reason is Reason.MISSING_PHONE


def test_a_phones_refusal_is_the_rows() -> None:
    assert rejected(intake(), phone="+1 900 234 5678").reason is Reason.PREMIUM_RATE
    assert rejected(intake("US"), phone="911").reason is Reason.EMERGENCY


def test_the_same_phone_is_dialed_once_however_it_is_written() -> None:
    desk = intake("US")
    taken(desk, 1, id="a", phone="+1 415 555 2671")
    assert rejected(desk, 2, id="b", phone="(415) 555-2671").reason is Reason.DUPLICATE_PHONE
    taken(desk, 3, id="b", phone="+1 415 555 2672")


def test_an_id_is_taken_once() -> None:
    desk = intake()
    taken(desk, 1, id="a", phone="+14155552671")
    assert rejected(desk, 2, id="a ", phone="+14155552672").reason is Reason.DUPLICATE_ID
    taken(desk, 3, id="A", phone="+14155552672")


def test_an_id_given_can_be_the_number_of_a_later_row() -> None:
    desk = intake()
    taken(desk, 1, id="2", phone="+14155552671")
    assert rejected(desk, 2, phone="+14155552672").reason is Reason.DUPLICATE_ID


def test_a_rejected_row_takes_neither_its_phone_nor_its_id() -> None:
    desk = intake()
    rejected(desk, 1, id="a", phone="+14155552671", timezone="Mars/Olympus")
    taken(desk, 2, id="a", phone="+14155552671")


@pytest.mark.parametrize(
    "timezone",
    [
        "Mars/Olympus",
        "europe/berlin",
        "Berlin",
        "GMT+1",
        "+01:00",
        "localtime",
        "right/Europe/Berlin",
        "Europe",
        "../etc/passwd",
        "/etc/localtime",
        "Factory",
        "a\0b",
        "\ud800",
        "x" * 5000,
    ],
)
def test_what_is_no_timezone_is_rejected(timezone: str) -> None:
    answer = rejected(intake(), phone="+14155552671", timezone=timezone)
    assert answer.reason is Reason.BAD_TIMEZONE
    assert len(answer.detail) < 200


def test_a_timezone_in_another_case_is_put_right_by_the_sentence() -> None:
    assert "'Europe/Berlin'" in rejected(intake(), phone="+14155552671", timezone="europe/berlin").detail
    assert (
        "'America/New_York'" in rejected(intake(), phone="+14155552671", timezone="America/New York").detail
    )


@pytest.mark.parametrize("timezone", ["Asia/Kolkata", "Asia/Calcutta", "UTC", " Europe/Berlin "])
def test_a_name_of_the_tz_database_is_a_timezone(timezone: str) -> None:
    assert taken(intake(), phone="+14155552671", timezone=timezone).timezone == timezone.strip()


def test_calling_hours_need_a_timezone() -> None:
    # +800 belongs to no country.
    assert rejected(intake(hours=OFFICE_HOURS), phone="+80012345678").reason is Reason.NO_TIMEZONE


def test_a_timezone_comes_from_the_column_or_the_number_or_the_default() -> None:
    taken(intake(hours=OFFICE_HOURS), phone="+80012345678", timezone="Europe/Paris")
    taken(intake(hours=OFFICE_HOURS), phone="+14155552671")
    taken(intake(hours=OFFICE_HOURS, default_timezone="Europe/Paris"), phone="+80012345678")


def test_without_calling_hours_no_timezone_is_needed() -> None:
    taken(intake(), phone="+80012345678")


def test_a_contact_whom_the_hours_never_reach_is_rejected() -> None:
    # Toll-free numbers may be anywhere in North America, from Guam to Newfoundland: all must be inside.
    short = CallingHours(windows=((9 * 60, 10 * 60),))
    answer = rejected(intake(hours=short), phone="+18002345678")
    assert answer.reason is Reason.NO_CALLING_TIME
    taken(intake(hours=short), phone="+18002345678", timezone="America/New_York")


def test_hours_without_any_day_reach_nobody() -> None:
    never = CallingHours(windows=((0, 60),), days=frozenset())
    assert rejected(intake(hours=never), phone="+14155552671").reason is Reason.NO_CALLING_TIME


def test_hours_are_asked_once_for_each_set_of_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def next_opening(hours: CallingHours, zones: tuple[str, ...], after: float) -> float:
        asked.append(zones)
        return after

    monkeypatch.setattr("trunkline.contacts.intake.next_opening", next_opening)
    desk = intake(hours=OFFICE_HOURS)
    for digit in range(8):
        taken(desk, digit, phone=f"+1415555267{digit}")
    assert asked == [("America/Los_Angeles",)]


@pytest.mark.parametrize("region", ["XX", "us", "", "001"])
def test_a_region_that_there_is_not_is_no_default(region: str) -> None:
    with pytest.raises(ValueError, match="no region"):
        intake(region)


COLUMNS = Columns(width=3, phone=1, identity=0, timezone=None, extra=(2,), names=("name",))


def test_a_short_record_lacks_its_last_fields() -> None:
    answer = intake().take_record(1, ["a", "+14155552671"], COLUMNS)
    assert isinstance(answer, ContactRow)
    assert answer.extra == {"name": ""}


def test_a_record_without_its_phone_field_is_rejected() -> None:
    answer = intake().take_record(1, ["a"], COLUMNS)
    assert isinstance(answer, RejectedRow)
    assert answer.reason is Reason.MISSING_PHONE


def test_a_record_with_fields_beyond_the_columns_is_rejected() -> None:
    answer = intake().take_record(1, ["a", "+14155552671", "Doe", "John"], COLUMNS)
    assert isinstance(answer, RejectedRow)
    assert answer.reason is Reason.TOO_MANY_FIELDS


def test_empty_fields_beyond_the_columns_are_nothing() -> None:
    answer = intake().take_record(1, ["a", "+14155552671", "Doe", "", " "], COLUMNS)
    assert isinstance(answer, ContactRow)
    assert answer.extra == {"name": "Doe"}


def test_a_phone_is_taken_once_whatever_the_threads_that_bring_it() -> None:
    intake = ContactIntake(now=lambda: 0.0)
    phones = [f"+1415555{2000 + number}" for number in range(400)]
    together = Barrier(8)

    def bring(thread: int) -> int:
        together.wait()
        rows = [
            intake.take(row, {"id": f"{thread}-{row}", "phone": phone}) for row, phone in enumerate(phones)
        ]
        return sum(isinstance(row, ContactRow) for row in rows)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            taken = sum(threads.map(bring, range(8)))
    finally:
        sys.setswitchinterval(usual)

    assert taken == len(phones)
