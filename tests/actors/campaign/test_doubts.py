"""What becomes of a call in doubt, by what is kept of its contact."""

from __future__ import annotations

from actors.campaign.doubts import Doubts, Verdict, judge
from actors.messages import Index
from runtime.calls import E164, CallId
from runtime.journal.entries import Intent
from runtime.journal.recovered import ContactState
from runtime.journal.redis.kept import Kept
from tests.runtime.journal.histories import NUMBERS, grant

CALL = CallId("run-1")
STANDS = Kept(
    intent=Intent(CALL, 0, E164("+14155552000"), 0.0, 10.0, 41.0, grant(CALL, "spring", 0, 1, NUMBERS[0]))
)
ENDED = Kept(ContactState(attempts=1))


def test_as_long_as_a_call_stands_there_it_is_open_and_then_it_is_over() -> None:
    for own in (True, False):
        assert judge(CALL, STANDS, own=own, over=False) is Verdict.OPEN
        assert judge(CALL, STANDS, own=own, over=True) is Verdict.OVER


def test_another_daemons_call_is_settled_as_soon_as_that_one_has_told_its_end() -> None:
    assert judge(CALL, ENDED, own=False, over=False) is Verdict.SETTLED


def test_another_daemons_call_whose_contact_is_lost_is_open_until_it_must_be_over() -> None:
    assert judge(CALL, None, own=False, over=False) is Verdict.OPEN
    assert judge(CALL, None, own=False, over=True) is Verdict.OVER


def test_a_call_of_ones_own_that_nobody_heard_of_keeps_its_slots_until_it_can_be_up_no_more() -> None:
    for kept in (None, ENDED):
        assert judge(CALL, kept, own=True, over=False) is Verdict.OPEN
        assert judge(CALL, kept, own=True, over=True) is Verdict.SETTLED


def test_others_calls_are_asked_for_at_once_and_ones_own_when_they_must_be_over() -> None:
    doubts = Doubts()
    doubts.elsewhere[Index(3)] = CALL
    doubts.own |= {Index(1): CallId("own-1"), Index(2): CallId("own-2")}
    doubts.over.add(Index(2))

    assert doubts.to_ask() == [2, 3]


def test_a_contact_that_is_in_doubt_no_more_is_left_alone() -> None:
    doubts = Doubts()
    doubts.elsewhere[Index(3)] = CALL
    doubts.forget(Index(3))

    assert doubts.verdict(Index(3), ENDED) is Verdict.OPEN
