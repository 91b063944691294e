"""The waiting room: who waits for what, in a few bytes a retry."""

from __future__ import annotations

from actors.messages import Index, Kind
from actors.pool.waiting import ClassKey, WaitingRoom


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
