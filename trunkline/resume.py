"""Go on where an earlier life of a run has ended: what holds, and what can't be.

A configuration may change between two lives. Caps, rates, flags, options and
new numbers are taken as they are; a number that has gone is kept as removed,
for its calls and stickies. What a person or the application changed while
running holds until the configuration says something new about the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from actors.messages import Doubt
from actors.pool.restored import RestoredPool
from actors.settings import EngineSettings, NumberSettings, NumberStatus
from runtime.calls import E164
from runtime.errors import JournalContradicted
from runtime.journal.entries import CampaignChange, Change, Intent, LimitChange, NumberChange
from runtime.journal.recovered import Recovered

JUST_NOW_SECONDS = 12.0
"""Within this time after its intent a call may just have been placed."""

_replace = msgspec.structs.replace


def earlier_settings(recovered: Recovered) -> EngineSettings:
    """Read the settings of the earlier life; JournalContradicted where another version wrote them."""
    try:
        return msgspec.convert(recovered.settings, EngineSettings)
    except msgspec.ValidationError as error:
        raise JournalContradicted([f"its settings can't be read by this version: {error}"]) from error


def contradictions(recovered: Recovered, old: EngineSettings, new: EngineSettings) -> list[str]:
    """List what the configuration says that can't be true of the journal's run."""
    found: list[str] = []
    tenants = {one.name for one in new.tenants}
    connections = {one.name for one in new.connections}
    campaigns = {one.name: one for one in new.campaigns}
    numbers = {one.number: one for one in new.numbers}
    found += [f"tenant {one.name!r} has gone" for one in old.tenants if one.name not in tenants]
    found += [f"connection {one.name!r} has gone" for one in old.connections if one.name not in connections]
    for campaign in old.campaigns:
        state = recovered.campaigns.get(campaign.name)
        now = campaigns.get(campaign.name)
        if now is None:
            if state is not None and state.done is None:
                found.append(f"campaign {campaign.name!r} is not finished, and has gone")
        elif now.tenant != campaign.tenant:
            found.append(f"campaign {campaign.name!r} was of tenant {campaign.tenant!r}")
    for number in old.numbers:
        is_now = numbers.get(number.number)
        if is_now is not None and is_now.connection != number.connection:
            found.append(f"number {number.number} was on connection {number.connection!r}")
        if is_now is not None and is_now.tenant != number.tenant:
            found.append(f"number {number.number} was of tenant {number.tenant!r}")
    return found


def surviving(changes: Iterable[Change], old: EngineSettings, new: EngineSettings) -> tuple[Change, ...]:
    """Leave out the changes about which the configuration says something new."""
    limits_before = {("tenant", one.name): one.max_concurrent for one in old.tenants}
    limits_before |= {("connection", one.name): one.max_concurrent for one in old.connections}
    limits_now = {("tenant", one.name): one.max_concurrent for one in new.tenants}
    limits_now |= {("connection", one.name): one.max_concurrent for one in new.connections}
    status_before = {one.number: one.status for one in old.numbers}
    status_now = {one.number: one.status for one in new.numbers}

    def holds(change: Change) -> bool:
        if isinstance(change, LimitChange):
            key = ("connection", change.connection) if change.connection else ("tenant", change.tenant or "")
            return limits_before.get(key) == limits_now.get(key)
        if isinstance(change, NumberChange) and change.what not in ("added", "removed"):
            before = status_before.get(change.number)
            return before == status_now.get(change.number, before)
        return True

    return tuple(change for change in changes if holds(change))


def with_changes(old: EngineSettings, new: EngineSettings, changes: Iterable[Change]) -> EngineSettings:
    """Give the settings that hold: the configuration's, with what was changed while running."""
    numbers = {one.number: one for one in new.numbers}
    for number in old.numbers:
        numbers.setdefault(number.number, number)
    tenants = {one.name: one for one in new.tenants}
    connections = {one.name: one for one in new.connections}
    pools = {one.name: dict.fromkeys(one.pool) for one in new.campaigns}
    for change in changes:
        if isinstance(change, LimitChange):
            if change.connection is not None and change.connection in connections:
                connection = connections[change.connection]
                connections[change.connection] = _replace(connection, max_concurrent=change.limit)
            elif change.tenant is not None and change.tenant in tenants:
                tenants[change.tenant] = _replace(tenants[change.tenant], max_concurrent=change.limit)
        elif isinstance(change, NumberChange) and change.what == "added":
            if change.settings is not None:
                added = msgspec.convert(change.settings, NumberSettings)
                numbers.setdefault(added.number, added)
            for name in change.campaigns:
                pools.setdefault(name, {})[change.number] = None
        elif isinstance(change, NumberChange) and change.what == "removed":
            for name in change.campaigns or tuple(pools):
                pools[name].pop(change.number, None)
    campaigns = tuple(_replace(one, pool=tuple(pools[one.name])) for one in new.campaigns)
    return EngineSettings(
        tuple(tenants.values()), tuple(connections.values()), tuple(numbers.values()), campaigns
    )


def restored_pool(
    recovered: Recovered,
    old: EngineSettings,
    configured: EngineSettings,
    settings: EngineSettings,
    changes: Iterable[Change],
    now: float,
) -> RestoredPool:
    """Give what the pools take over; `configured` is what the configuration alone says."""
    flagged = {one.number for one in settings.numbers if one.status is NumberStatus.SPAM}
    paused = {one.number for one in settings.numbers if one.status is NumberStatus.PAUSED}
    removed = {one.number for one in old.numbers} - {one.number for one in configured.numbers}
    campaigns_paused: set[str] = set()
    campaigns_canceled: set[str] = set()
    for change in changes:
        if isinstance(change, NumberChange):
            _change_number(change, flagged, paused, removed)
        elif isinstance(change, CampaignChange):
            if change.what == "canceled":
                campaigns_canceled.add(change.campaign)
            elif change.what == "paused":
                campaigns_paused.add(change.campaign)
            else:
                campaigns_paused.discard(change.campaign)
    return RestoredPool(
        frozenset(flagged),
        frozenset(paused),
        frozenset(removed),
        frozenset(campaigns_paused),
        frozenset(campaigns_canceled),
        dialed_today(recovered, settings.numbers, now),
        recovered.results,
    )


def _change_number(change: NumberChange, flagged: set[E164], paused: set[E164], removed: set[E164]) -> None:
    number = change.number
    match change.what:
        case "flagged":
            flagged.add(number)
        case "unflagged":
            flagged.discard(number)
        case "paused":
            paused.add(number)
        case "resumed":
            paused.discard(number)
        case "removed":
            if not change.campaigns:
                removed.add(number)
        case "added":
            removed.discard(number)
        case _:
            raise AssertionError(change.what)


def dialed_today(recovered: Recovered, numbers: Iterable[NumberSettings], now: float) -> dict[E164, int]:
    """Count the calls of each number's day; one that may have been placed after midnight counts."""
    counts: dict[E164, int] = {}
    for number in numbers:
        if number.max_calls_per_day is None:
            continue
        local = datetime.fromtimestamp(now, ZoneInfo(number.timezone))
        begun = local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        times = recovered.dialed_at.get(number.number, ())
        counts[number.number] = sum(at >= begun - JUST_NOW_SECONDS for at in times)
    return counts


def doubts_of(recovered: Recovered, now: float) -> dict[str, dict[int, Doubt]]:
    """Give each campaign's calls in doubt by contact, with how long each may last yet.

    The machine's time since its boot decides where it has not been booted
    since; else the wall clock, which may have been set.
    """
    doubts: dict[str, dict[int, Doubt]] = {}
    for intent in recovered.in_doubt:
        left = recovered.seconds_left.get(intent.call)
        if left is None:
            left = _seconds_left(intent, now)
        doubts.setdefault(intent.grant.campaign or "", {})[intent.index] = Doubt(intent, left)
    return doubts


def _seconds_left(intent: Intent, now: float) -> float:
    return min(max(0.0, intent.over_by - now), intent.over_by - intent.at)


class Resumption(msgspec.Struct, frozen=True):
    """What an engine begins with where an earlier life has ended."""

    recovered: Recovered
    settings: EngineSettings
    """What holds now."""
    kept: EngineSettings
    """What the configuration says, with the numbers that have gone from it."""
    changes: tuple[Change, ...]
    pool: RestoredPool
    doubts: dict[str, dict[int, Doubt]]
    dialed_lately: bool


def resume(recovered: Recovered, configured: EngineSettings, now: float) -> Resumption:
    """Work out what to go on with; `now` is seconds since the epoch.

    Raises JournalContradicted with everything that can't be.
    """
    old = earlier_settings(recovered)
    reasons = contradictions(recovered, old, configured)
    if reasons:
        raise JournalContradicted(reasons)
    changes = surviving(recovered.changes, old, configured)
    settings = with_changes(old, configured, changes)
    return Resumption(
        recovered,
        settings,
        with_changes(old, configured, ()),
        changes,
        restored_pool(recovered, old, configured, settings, changes, now),
        doubts_of(recovered, now),
        now - recovered.last_at < JUST_NOW_SECONDS,
    )
