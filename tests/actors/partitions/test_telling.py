"""What all daemons are told is confirmed when the last of it is in force here."""

from __future__ import annotations

from actors.partitions.telling import Telling
from runtime.calls import E164
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange

NUMBER = E164("+14155550100")
FLAGGED, UNFLAGGED = NumberChange("flagged", NUMBER, "ann"), NumberChange("unflagged", NUMBER, "ann")
PAUSED = NumberChange("paused", NUMBER, "ann")


def test_a_version_that_is_news_is_read_once() -> None:
    telling = Telling()

    assert telling.heard(2)
    assert not telling.heard(2)
    assert telling.is_behind


def test_what_was_read_is_confirmed_when_all_of_it_is_in_force() -> None:
    telling = Telling()
    telling.heard(2)
    telling.read([FLAGGED, LimitChange(3, "ann", connection="east")], 2)

    assert not telling.carried_out()
    assert telling.carried_out()
    assert telling.confirmed == 2
    assert not telling.is_behind


def test_of_each_thing_the_last_change_is_carried_out() -> None:
    changes: list[Change] = [FLAGGED, PAUSED, UNFLAGGED, CampaignChange("paused", "spring", "ann")]

    assert Telling().read(changes, 4) == [UNFLAGGED, PAUSED, changes[3]]


def test_what_comes_meanwhile_is_read_after_that() -> None:
    telling = Telling()
    telling.heard(1)
    telling.read([FLAGGED], 1)
    telling.heard(2)
    telling.carried_out()

    assert telling.is_behind
    assert telling.heard(2)
