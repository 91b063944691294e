"""A number's weight is known as it was at any moment since a grant was decided."""

from __future__ import annotations

import pytest

from trunkline.audit.limits import DECISION_SECONDS
from trunkline.audit.weights import Weights

ONE, OTHER = "+14155550100", "+14155550101"


@pytest.fixture
def weights() -> Weights:
    known = Weights(prior=10.0, half_life=500.0)
    for number, outcome in ((ONE, "answered"), (OTHER, "answered"), (OTHER, "busy"), (OTHER, "busy")):
        known.count(number, outcome, now=0.0)
    return known


@pytest.mark.parametrize("step", ["counts", "leaves", "joins"])
def test_a_weight_of_before_a_result_or_a_number_that_came_or_went_is_right_for_a_while(
    weights: Weights, step: str
) -> None:
    if step == "joins":
        weights.leave(OTHER, now=0.0)
    before = weights.weight(ONE)

    match step:
        case "counts":
            weights.count(ONE, "busy", now=100.0)
        case "leaves":
            weights.leave(OTHER, now=100.0)
        case _:
            weights.join(OTHER, now=100.0)

    assert weights.weight(ONE) != pytest.approx(before, rel=1e-6)
    assert weights.was_lately(ONE, before, now=100.0 + DECISION_SECONDS)
    assert not weights.was_lately(ONE, before, now=100.1 + DECISION_SECONDS)


def test_a_weight_that_never_was_is_wrong(weights: Weights) -> None:
    weights.leave(OTHER, now=1.0)

    assert not weights.was_lately(ONE, 0.123, now=1.0)


def test_a_number_that_comes_back_brings_its_results(weights: Weights) -> None:
    before = weights.weight(ONE)

    weights.leave(OTHER, now=1.0)
    weights.join(OTHER, now=2.0)

    assert weights.weight(ONE) == pytest.approx(before)
