"""Situations that must have come true in a run of many seeds.

A simulation that never meets a fault proves nothing about it. Each line is
counted where it happens; one that no seed of a long run has met fails the
run, so that nobody narrows the drawing by accident.
"""

from __future__ import annotations

from collections.abc import Mapping

SOMETIMES: tuple[str, ...] = (
    "a breaker closed",
    "a breaker opened",
    "a crash between a sync and its acknowledgement",
    "a crash between a write and its sync",
    "a crash between two messages",
    "a crash in a resume",
    "a crash right after a call was placed",
    "a recovery crashed before it changed anything",
    "a restart found an intent whose call was never placed",
    "a restart found calls in doubt",
    "a restart found calls in doubt that were up",
    "a retry after a restart kept its due time",
    "a sticky was kept over a restart",
    "an engine was asked to end",
    "the journal went away and came back",
    "a call was hung up for its length",
    "a campaign was canceled with calls up",
    "a connection's limit was lowered below use",
    "a contact spilled from its sticky number",
    "a contact spilled to another tier",
    "a grant was voided: campaign_barred",
    "a grant was voided: limit_lowered",
    "a grant was voided: number_barred",
    "a number reached its day cap",
    "a number was flagged during its calls",
    "a person was parked: in a call of another campaign",
    "a probe was placed",
    "a rate was used in full",
    "a slot was freed by the watchdog",
    "a sticky was lost by a flag",
    "a sticky was lost otherwise",
    "a tenant's limit was lowered below use",
    "all of a campaign's connections were open",
    "a line was recovered: call.ended",
    "a line was recovered: dispatch.granted",
    "an actor failed: CampaignActor",
    "an actor failed: ConnectionActor",
    "an actor failed: ContactActor",
    "an actor failed: PoolActor",
    "an actor failed: TenantActor",
    "an event came after its call's end",
    "faults stopped with calls up",
)

FAULTS: tuple[str, ...] = (
    "actor failed",
    "commit away",
    "commit failed and not there",
    "commit failed and there",
    "commit full",
    "ended call not told when asked for",
    "event lost between lives",
    "old event told to a new life",
    "unsynced batch that survived",
    "unsynced batch that was lost",
    "answered lost",
    "ended lost",
    "event late",
    "event twice",
    "hang up raises",
    "outage",
    "place raises",
    "ringing lost",
    "slow setup",
    "stray event",
)


def never(counts: Mapping[str, int], lines: tuple[str, ...]) -> list[str]:
    """Name the lines that never came true."""
    return [line for line in lines if not counts.get(line)]
