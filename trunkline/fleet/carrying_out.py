"""Carry out what an operator has told all daemons, as if it had been asked of this engine."""

from __future__ import annotations

from collections.abc import Callable

from runtime.errors import TrunklineError
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange
from runtime.kernel import ActorSystem, TrioFuture
from trunkline.running import Changes


def carry_out(engine: Changes, system: ActorSystem, change: Change, done: Callable[[], None]) -> None:
    """Have a change made; `done` is called when it is in force, or where there is nothing to change."""
    try:
        future = _ask(engine, change)
    except TrunklineError:  # what this daemon doesn't know of, it doesn't dial by either
        done()
        return
    future.as_concurrent().add_done_callback(lambda _: system.call_soon_threadsafe(done))


def _ask(engine: Changes, change: Change) -> TrioFuture[None]:
    by, reason = change.by, change.reason
    match change:
        case NumberChange(what="flagged"):
            return engine.flag(change.number, by=by, reason=reason)
        case NumberChange(what="unflagged"):
            return engine.unflag(change.number, by=by, reason=reason)
        case NumberChange(what="paused"):
            return engine.pause_number(change.number, by=by, reason=reason)
        case NumberChange(what="resumed"):
            return engine.resume_number(change.number, by=by, reason=reason)
        case CampaignChange(what="paused"):
            return engine.pause(change.campaign, by=by, reason=reason)
        case CampaignChange(what="resumed"):
            return engine.resume(change.campaign, by=by, reason=reason)
        case LimitChange(connection=str(connection)):
            return engine.set_connection_limit(connection, change.limit, by=by, reason=reason)
        case LimitChange(tenant=str(tenant)):
            return engine.set_tenant_cap(tenant, change.limit, by=by, reason=reason)
        case _:
            raise AssertionError(change)
