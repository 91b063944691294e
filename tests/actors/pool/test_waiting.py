"""The waiting room: who waits for what, in a few bytes a retry."""

from __future__ import annotations

import pytest

from actors.messages import Index, Kind, Profile
from actors.pool.geography import Place
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.waiting import ClassKey, Lane, WaitingClass, WaitingRoom
from actors.settings import ConnectionSettings, NumberSettings
from runtime.calls import E164


def class_key(profile: int, *excluded: str) -> ClassKey:
    """Make a key anew, as each retry's message does."""
    return (profile, None, tuple(excluded), None)


def test_retries_come_up_by_the_time_at_which_they_are_due() -> None:
    room = WaitingRoom()
    for due, contact in ((30.0, 1), (10.0, 2), (20.0, 3)):
        room.wait_until(due, Index(contact), Kind.RETRY, class_key(0))

    assert room.future[0][:2] == (10.0, 2)
    assert room.has_rows
    assert len(room) == 3


def test_retries_that_wait_for_the_same_share_one_key() -> None:
    room = WaitingRoom()
    for contact in range(1000):
        room.wait_until(float(contact), Index(contact), Kind.RETRY, class_key(contact % 3))

    assert len({id(key) for _, _, _, key in room.future}) == 3
    assert {key for _, _, _, key in room.future} == {class_key(0), class_key(1), class_key(2)}


@pytest.mark.parametrize("connection_first", [True, False])
def test_who_waits_for_a_busy_number_on_a_full_connection_is_next_when_both_have_room(
    connection_first: bool,
) -> None:
    room = WaitingRoom()
    connection = PooledConnection(ConnectionSettings(name="east", max_concurrent=1))
    settings = NumberSettings(number=E164("+14155550100"), connection="east", tenant="acme", max_concurrent=1)
    number = PooledNumber(settings, Place("US"), connection)
    lane = Lane(room, None, connection)
    profile = Profile(0, "US", (), None, ())
    waiting = WaitingClass(room.next_serial(), (0, number.number, (), None), profile, number, (), None)
    waiting.lanes = (lane,)
    room.put(waiting, Kind.RETRY, (0.0, 1))
    connection.allowance.in_use = number.in_use = 1
    assert room.next_row() is None

    for frees in (connection_first, not connection_first):
        assert room.next_row() is None
        if frees:
            connection.allowance.in_use = 0
            lane.wake()
        else:
            number.in_use = 0
            room.announce_all(waiting)

    row = room.next_row()
    assert row is not None
    assert row.waiting is waiting
