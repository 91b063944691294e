"""The campaigns of the highest priority first, as far as a log tells."""

from __future__ import annotations

from runtime.observe.events import DispatchGranted
from trunkline.audit.limits import DECISION_SECONDS
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import GrantScene


def priority(grant: GrantScene) -> str | None:
    """A fresh contact waits for no campaign of a lower priority that took a number it could have had.

    Judged where nothing else can have kept it waiting: a first call, without
    calling hours, match or cap of its campaign, neither refused nor voided
    before.
    """
    campaign, event = grant.campaign, grant.event
    if not campaign.passed_over or event.attempt != 1 or event.contact in campaign.turned_away:
        return None
    since = grant.time - event.waited_seconds
    for number, passed in campaign.passed_over.items():
        if since + DECISION_SECONDS < passed.time < grant.time - DECISION_SECONDS:
            return (
                f"an earlier call: in line {passed.line} {passed.campaign}, of a lower priority, "
                f"was given {number} while the contact waited"
            )
    return None


RULES = (
    Rule(
        "priority",
        "A fresh contact waits for no campaign of a lower priority, where a log can tell.",
        {DispatchGranted: priority},
    ),
)
