"""From the file's tables to what the actors are told: every default filled in."""

from __future__ import annotations

from actors.settings import (
    CallingHours,
    CampaignSettings,
    ConnectionSettings,
    EngineSettings,
    NumberSettings,
    NumberStatus,
    Rotation,
    TenantSettings,
    WhenFull,
)
from runtime.calls import E164
from trunkline.config.models import RETRY_AFTER, CampaignTable, FileTable, NumberTable


def engine_settings(table: FileTable, *, simulated: bool) -> EngineSettings:
    """Return what the actors are told; durations in seconds."""
    return EngineSettings(
        tenants=tuple(TenantSettings(row.name, row.max_concurrent) for row in table.tenants),
        connections=tuple(
            ConnectionSettings(
                name=row.name,
                max_concurrent=row.max_concurrent,
                max_calls_per_second=row.max_calls_per_second,
                breaker_failure_rate=row.breaker_failure_rate,
                enabled=row.enabled,
            )
            for row in table.connections
        ),
        numbers=tuple(_number(table, row) for row in table.numbers),
        campaigns=tuple(_campaign(table, row, simulated) for row in table.campaigns),
    )


def tenant_of(table: FileTable, written: str | None) -> str:
    """Return the tenant that is written, else the only one."""
    return written if written is not None else table.tenants[0].name


def _number(table: FileTable, row: NumberTable) -> NumberSettings:
    return NumberSettings(
        number=row.number,
        tenant=tenant_of(table, row.tenant),
        connection=row.connection,
        status=NumberStatus(row.status),
        max_concurrent=row.max_concurrent,
        max_calls_per_day=row.max_calls_per_day,
        timezone=row.timezone,
    )


def _campaign(table: FileTable, row: CampaignTable, simulated: bool) -> CampaignSettings:
    return CampaignSettings(
        name=row.name,
        tenant=tenant_of(table, row.tenant),
        primary=row.primary,
        pool=_pool(row),
        default_region=row.default_region,
        prefer_country_match=row.prefer_country_match,
        prefer_area_match=row.prefer_area_match,
        nearby_hours=row.nearby_hours,
        match_when_full=WhenFull(row.match_when_full),
        sticky_when_full=WhenFull(row.sticky_when_full),
        rotation=Rotation(row.rotation),
        prior_attempts=row.prior_attempts,
        half_life_attempts=row.half_life_attempts,
        exploration=row.exploration,
        max_attempts=row.max_attempts,
        max_carrier_failures=row.max_carrier_failures,
        retry_after=_retry_after(row),
        calling_hours=_calling_hours(row),
        default_timezone=row.default_timezone,
        start_at=None if row.start_at is None else row.start_at.timestamp(),
        priority=row.priority,
        max_ring_seconds=row.max_ring_seconds,
        max_call_seconds=row.max_call_seconds,
        dispositions=tuple(row.dispositions),
        max_concurrent=row.max_concurrent,
        share=row.share,
        keep_open=row.keep_open,
        recording=row.recording,
        auto_quarantine=row.auto_quarantine,
        max_resting_share=row.max_resting_share,
        quarantine=row.quarantine,
        mask_phone_numbers=row.log_phone_numbers == "masked"
        or (row.log_phone_numbers is None and not simulated),
    )


def _pool(row: CampaignTable) -> tuple[E164, ...]:
    """Return the pool; the primary joins at its head unless it is listed."""
    return tuple(row.pool) if row.primary in row.pool else (row.primary, *row.pool)


def _retry_after(row: CampaignTable) -> dict[str, float]:
    """Return the delays by outcome or disposition; what is final has none."""
    delays: dict[str, float | None] = {**RETRY_AFTER, "unknown": row.max_call_seconds}
    if "callback" not in row.dispositions:
        del delays["callback"]
    delays.update(row.retry_after)
    return {result: seconds for result, seconds in delays.items() if seconds is not None}


def _calling_hours(row: CampaignTable) -> CallingHours | None:
    if row.calling_hours is None and row.calling_days is None:
        return None
    days = frozenset(range(7)) if row.calling_days is None else frozenset(row.calling_days)
    return CallingHours(row.calling_hours or (), days)
