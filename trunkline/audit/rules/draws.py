"""What a grant says of its draw."""

from __future__ import annotations

from math import isclose

from runtime.observe.events import DispatchGranted
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import GrantScene


def draw_candidates(grant: GrantScene) -> str | None:
    """A draw has candidates, one where the number is sticky, never more than the pool."""
    event = grant.event
    if event.tier == "sticky":
        return None if event.candidates == 1 else "1 candidate: the sticky number"
    most = len(grant.campaign.members)
    if 1 <= event.candidates <= max(most, 1):
        return None
    return f"1 to {most} candidates"


def draw_share(grant: GrantScene) -> str | None:
    """A draw's share is a probability that its rotation can have given."""
    event, settings = grant.event, grant.campaign.settings
    if event.candidates < 1:
        return None  # another rule says so
    even = 1.0 / event.candidates
    if event.tier == "sticky" or event.probe or settings.rotation == "uniform":
        right = event.share is not None and isclose(event.share, even, rel_tol=1e-9)
        return None if right else f"share {even:g}"
    if settings.rotation == "thompson":
        return None if event.share is None else "share null: a Thompson draw has no closed form"
    least = settings.exploration * even
    most = 1.0 - settings.exploration * (1.0 - even)
    if event.candidates == 1:
        least = most = 1.0
    if event.share is not None and event.share > 0.0 and least - 1e-9 <= event.share <= most + 1e-9:
        return None
    return f"a share from {least:g} to {most:g}"


def draw_weight(grant: GrantScene) -> str | None:
    """A number's weight is its smoothed answer rate over the results so far."""
    event, weights = grant.event, grant.campaign.weights
    if not weights.known or weights.was_lately(event.number, event.weight, grant.time):
        return None
    expected = weights.weight(event.number)
    weights.known = False  # what follows rests on the same results
    return f"weight {expected:g}, from the results of {event.number} and its pool so far"


RULES = (
    Rule(
        "draw.candidates",
        "A draw is among at least one number, at most the pool; a sticky number is the only one.",
        {DispatchGranted: draw_candidates},
    ),
    Rule(
        "draw.share",
        "A draw's share is a probability that the campaign's rotation can have given; null for Thompson's.",
        {DispatchGranted: draw_share},
    ),
    Rule(
        "draw.weight",
        "A number's weight is its smoothed answer rate over the results so far; told once a campaign.",
        {DispatchGranted: draw_weight},
    ),
)
