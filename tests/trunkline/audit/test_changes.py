"""A grant is right if it was right at any moment since its number was drawn."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trunkline.audit.changes import Changes
from trunkline.audit.limits import DECISION_SECONDS, SHORTLY_SECONDS


def number(*, flagged: bool = False, paused: bool = False, present: bool = True) -> SimpleNamespace:
    return SimpleNamespace(flagged=flagged, paused=paused, present=present)


def test_what_was_so_before_a_change_held_lately_and_all_is_as_it_was() -> None:
    changes, one = Changes(), number()
    changes.set(100.0, one, "flagged", True)

    assert changes.held_lately(100.0 + DECISION_SECONDS, lambda: not one.flagged)
    assert one.flagged
    assert not changes.held_lately(100.1 + DECISION_SECONDS, lambda: not one.flagged)


def test_two_bars_may_have_been_in_effect_at_once_though_a_line_between_theirs_lifts_the_first() -> None:
    changes, one, other = Changes(), number(), number()
    changes.set(100.0, one, "flagged", True)
    changes.set(100.0, one, "flagged", False)
    changes.set(100.0, other, "paused", True)

    assert changes.held_lately(100.0, lambda: one.flagged and other.paused)
    assert (one.flagged, other.paused) == (False, True)


@pytest.mark.parametrize(("attribute", "barred"), [("flagged", True), ("present", False)])
def test_a_bar_is_in_effect_a_moment_before_its_line_and_no_longer(attribute: str, barred: bool) -> None:
    changes, one, other = Changes(), number(flagged=True), number()
    changes.set(100.0, one, "flagged", False)
    changes.set(100.0 + SHORTLY_SECONDS, other, attribute, barred)
    changes.set(103.0, other, "paused", True)

    def both(state: str, value: bool) -> bool:
        return one.flagged and getattr(other, state) is value

    assert changes.held_lately(103.0, lambda: both(attribute, barred))
    assert not changes.held_lately(103.0, lambda: both("paused", True))


def test_a_number_is_never_lifted_before_its_line() -> None:
    changes, one, other = Changes(), number(flagged=True), number()
    changes.set(100.0, other, "paused", True)
    changes.set(100.0, one, "flagged", False)

    assert not changes.held_lately(100.0, lambda: not one.flagged and not other.paused)
