"""Take contacts into a campaign: every check that a row must pass, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from actors.contact.hours import next_opening
from actors.pool.geography import place_of_reading
from actors.pool.numbering import WORLD, plan_of
from actors.settings import CallingHours
from runtime.calls import E164, ContactId
from trunkline.contacts.header import ID, PHONE, TIMEZONE, Columns
from trunkline.contacts.phone import read_phone
from trunkline.contacts.reasons import Reason, Refusal
from trunkline.contacts.rows import ContactRow, RejectedRow, Row
from trunkline.contacts.seen import IdSet, IntegerSet
from trunkline.contacts.zones import calling_zones, known_timezone, spelled_timezone

_DAY_SECONDS = 86_400
_SAME_PHONE = "an earlier row has the same phone; it is dialed once"
_SAME_ID = "an earlier contact has the same id"


class ContactIntake:
    """Judges a campaign's rows and remembers which it has taken.

    One stands for a whole campaign: the file's rows and those that the
    application adds later go through the same, so a phone number or an id is
    taken once, from whatever thread they come. `default_region` is upper case ("US"). `now` gives seconds
    since the epoch; it is asked only under calling hours.
    """

    def __init__(
        self,
        *,
        default_region: str | None = None,
        default_timezone: str | None = None,
        hours: CallingHours | None = None,
        now: Callable[[], float],
    ) -> None:
        if default_region is not None and (default_region == WORLD or plan_of(default_region) is None):
            raise ValueError(f"no region is called {default_region!r}")
        self._default_region = default_region
        self._default_timezone = default_timezone
        self._hours = hours
        self._now = now
        self._phones = IntegerSet()
        self._ids = IdSet()
        self._opening_days: dict[tuple[str, ...], tuple[int, bool]] = {}
        self._lock = Lock()

    def has(self, contact: str) -> bool:
        """Tell whether a contact of this id was taken."""
        with self._lock:
            return ContactId(contact) in self._ids

    def take(self, row: int, fields: Mapping[str, str]) -> Row:
        """Judge one contact that is given as fields by name.

        `id`, `phone` and `timezone` are found in any case; the others become
        its extra columns. Without an id it gets the row's number.
        """
        known = dict.fromkeys((ID, PHONE, TIMEZONE), "")
        names: list[str] = []
        values: list[str] = []
        for name, value in fields.items():
            folded = name.strip().lower()
            if folded in known:
                known[folded] = value
            else:
                names.append(name)
                values.append(value)
        return self._judge(row, known[ID], known[PHONE], known[TIMEZONE], tuple(names), tuple(values))

    def take_all(
        self, first: int, batch: Sequence[Mapping[str, str]]
    ) -> list[ContactRow] | tuple[int, RejectedRow]:
        """Take contacts given as fields by name: all of them, or none.

        The rows are numbered from `first`. Where one can't be taken its place
        in the batch is returned with the refusal, and nothing is remembered.
        """
        trial = ContactIntake(
            default_region=self._default_region,
            default_timezone=self._default_timezone,
            hours=self._hours,
            now=self._now,
        )
        trial._opening_days = self._opening_days
        with self._lock:
            return self._take_after(trial, first, batch)

    def _take_after(
        self, trial: ContactIntake, first: int, batch: Sequence[Mapping[str, str]]
    ) -> list[ContactRow] | tuple[int, RejectedRow]:
        taken: list[ContactRow] = []
        for place, fields in enumerate(batch):
            row = trial.take(first + place, fields)
            if isinstance(row, ContactRow):
                if int(row.to[1:]) in self._phones:
                    row = RejectedRow(row.row, Reason.DUPLICATE_PHONE, _SAME_PHONE)
                elif row.contact in self._ids:
                    row = RejectedRow(row.row, Reason.DUPLICATE_ID, _SAME_ID)
            if isinstance(row, RejectedRow):
                return place, row
            taken.append(row)
        for row in taken:
            self._remember(row.contact, row.to)
        return taken

    def take_record(self, row: int, record: Sequence[str], columns: Columns) -> Row:
        """Judge one record of a file; fields that it lacks are empty."""
        width = columns.width
        if len(record) != width:
            if len(record) > width:
                if any(field.strip() for field in record[width:]):
                    return RejectedRow(
                        row,
                        Reason.TOO_MANY_FIELDS,
                        f"{len(record)} fields under {width} columns: which is which is not certain; "
                        "quote the field that has the delimiter in it",
                    )
            else:
                record = [*record, *[""] * (width - len(record))]
        identity, timezone = columns.identity, columns.timezone
        return self._judge(
            row,
            "" if identity is None else record[identity],
            record[columns.phone],
            "" if timezone is None else record[timezone],
            columns.names,
            tuple([record[index] for index in columns.extra]) if columns.extra else (),
        )

    def remember(self, contact: str, to: E164) -> None:
        """Know a contact that an earlier life has taken."""
        with self._lock:
            self._remember(contact, to)

    def _remember(self, contact: str, to: E164) -> None:
        self._ids.add(contact)
        self._phones.add(int(to[1:]))

    def _judge(
        self,
        row: int,
        identity: str,
        phone: str,
        column: str,
        names: tuple[str, ...],
        values: tuple[str, ...],
    ) -> Row:
        reading = read_phone(phone, self._default_region)
        if isinstance(reading, Refusal):
            return RejectedRow(row, reading.reason, reading.detail)
        place = place_of_reading(reading)
        timezone = None
        if column and (name := column.strip()):
            timezone = known_timezone(name)
            if timezone is None:
                return RejectedRow(row, Reason.BAD_TIMEZONE, _no_timezone(name))
        if self._hours is not None:
            refusal = self._without_calling_time(
                self._hours, calling_zones(timezone, place.zones, self._default_timezone)
            )
            if refusal is not None:
                return RejectedRow(row, refusal.reason, refusal.detail)
        to = reading.e164
        phone_key = int(to[1:])
        contact = ContactId(identity.strip() or str(row))
        with self._lock:
            if phone_key in self._phones:
                return RejectedRow(row, Reason.DUPLICATE_PHONE, _SAME_PHONE)
            if not self._ids.add(contact):
                return RejectedRow(row, Reason.DUPLICATE_ID, _SAME_ID)
            self._phones.add(phone_key)
        return ContactRow(row, contact, to, place.region, place.zones, timezone, names, values)

    def _without_calling_time(self, hours: CallingHours, zones: tuple[str, ...]) -> Refusal | None:
        """Refuse whom the calling hours never reach; asked once a day and set of zones."""
        now = self._now()
        day = int(now // _DAY_SECONDS)
        known = self._opening_days.get(zones)
        if known is None or known[0] != day:
            known = (day, next_opening(hours, zones, now) is not None)
            self._opening_days[zones] = known
        if known[1]:
            return None
        if not zones:
            return Refusal(
                Reason.NO_TIMEZONE,
                "calling hours need a timezone: row, number and default_timezone give none",
            )
        where = ", ".join(zones[:3]) + (f" and {len(zones) - 3} more" if len(zones) > 3 else "")
        return Refusal(
            Reason.NO_CALLING_TIME, f"no instant of the next 8 days is inside the calling hours in {where}"
        )


def _no_timezone(name: str) -> str:
    shown = repr(name if len(name) <= 40 else name[:39] + "…")
    right = spelled_timezone(name)
    if right is None or right == name:
        return f'{shown} is no timezone; write it as "Europe/Berlin"'
    return f"{shown} is no timezone; did you mean {right!r}?"
