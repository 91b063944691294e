"""Mutants of tiers, stickies and draws."""

from __future__ import annotations

from typing import Any

from runtime.observe import events as e
from tests.trunkline.audit.conftest import Entries
from tests.trunkline.audit.editing import TENANT, drop, edit, find, grant, insert, settings
from tests.trunkline.audit.mutants.mutant import Mutant


def _lost_sticky(log: Entries) -> Entries:
    sticky: Any = log[find(log, e.ContactStickySet)][1]
    end = find(log, e.ContactFinished, lambda event: event.contact == sticky.contact)
    lost = e.ContactStickyLost(
        tenant=TENANT,
        campaign="spring",
        contact=sticky.contact,
        number=sticky.number,
        reason="flagged",
    )
    return insert(log, end, lost)


def _sticky_forgotten(log: Entries) -> Entries:
    def is_last(event: Any) -> bool:
        calls = [one for _, one in log if isinstance(one, e.DispatchGranted) and one.contact == event.contact]
        return len(calls) == 1

    return drop(log, find(log, e.ContactStickySet, is_last))


def _sticky_unasked(log: Entries) -> Entries:
    busy = find(log, e.CallEnded, lambda event: event.outcome == "busy")
    ended: Any = log[busy][1]
    sticky = e.ContactStickySet(tenant=TENANT, campaign="spring", contact=ended.contact, number=ended.number)
    lost = e.ContactStickyLost(
        tenant=TENANT, campaign="spring", contact=ended.contact, number=ended.number, reason="paused"
    )
    pause = e.NumberPaused(tenant=TENANT, number=ended.number, by="test")
    resume = e.NumberResumed(tenant=TENANT, number=ended.number, by="test")
    return insert(log, busy + 1, sticky, pause, lost, resume)


MUTANTS = [
    Mutant("place.contact", "anywhere", lambda log: edit(log, grant(log), region="FR"), "region"),
    Mutant("place.contact", "anywhere", lambda log: edit(log, grant(log), zones=["Asia/Tokyo"]), "zones"),
    Mutant(
        "tier.match",
        "anywhere",
        lambda log: edit(
            log,
            grant(log, lambda event: event.tier == "pool" and event.region == "FR"),
            tier="country",
        ),
    ),
    Mutant(
        "tier.order",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.tier == "country"), tier="pool"),
    ),
    Mutant(
        "tier.order",
        "plain",
        lambda log: edit(
            settings(log, match_when_full="spill"),
            grant(log, lambda event: event.tier == "country"),
            tier="pool",
            spilled="timezone",
        ),
        "spilled from a tier that is not the first",
    ),
    Mutant(
        "tier.spill",
        "plain",
        lambda log: edit(
            log, grant(log, lambda event: event.tier == "country"), tier="pool", spilled="country"
        ),
        "where the campaign waits",
    ),
    Mutant(
        "sticky.kept",
        "plain",
        lambda log: edit(
            log, grant(log, lambda event: event.tier == "sticky" and event.region == "GB"), tier="country"
        ),
        "left",
    ),
    Mutant(
        "sticky.kept",
        "plain",
        lambda log: edit(log, grant(log, lambda event: event.candidates == 1), tier="sticky"),
        "never set",
    ),
    Mutant("sticky.set", "plain", _sticky_forgotten, "forgotten"),
    Mutant("sticky.set", "plain", _sticky_unasked, "unasked"),
    Mutant("sticky.lost", "plain", _lost_sticky),
    Mutant("draw.candidates", "plain", lambda log: edit(log, grant(log), candidates=0)),
    Mutant("draw.share", "plain", lambda log: edit(log, grant(log), share=1.5), "no probability"),
    Mutant("draw.share", "plain", lambda log: edit(log, grant(log), share=None), "missing"),
    Mutant(
        "draw.weight", "plain", lambda log: edit(log, grant(log, last=True), weight=0.123), "another weight"
    ),
]
