"""How a run ended."""

from __future__ import annotations

import msgspec

from runtime.observe.events import CampaignFinished
from trunkline.scenario import UnappliedEvent


class RunResult(msgspec.Struct, frozen=True):
    """How a run ended.

    `reason` is finished, stalled, closed or failed; `campaigns` holds the
    last word on each campaign that came to its end, by name, `unapplied` the
    events of the scenario that never happened.
    """

    run: str
    seed: int
    reason: str
    campaigns: dict[str, CampaignFinished]
    stalled: dict[str, str]
    failure: str | None = None
    unapplied: tuple[UnappliedEvent, ...] = ()
