"""The log's lines of what an operator or the application changed, from the journal's entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from actors.pool.geography import place_of
from actors.settings import EngineSettings, NumberSettings
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange
from runtime.observe import events
from runtime.observe.events import Event

NUMBER_LINES: Mapping[str, type[events.NumberChanged]] = {
    "flagged": events.NumberFlagged,
    "unflagged": events.NumberUnflagged,
    "paused": events.NumberPaused,
    "resumed": events.NumberResumed,
    "removed": events.NumberRemoved,
}
CAMPAIGN_LINES: Mapping[
    str, type[events.CampaignPaused | events.CampaignResumed | events.CampaignCanceled]
] = {
    "paused": events.CampaignPaused,
    "resumed": events.CampaignResumed,
    "canceled": events.CampaignCanceled,
}


def lines_of_change(change: Change, settings: EngineSettings) -> Iterator[Event]:
    """Give a change's lines; `settings` are those of the run, with all its numbers."""
    match change:
        case LimitChange(connection=str() as connection):
            yield events.ConnectionLimitChanged(
                connection=connection, limit=change.limit, by=change.by, reason=change.reason
            )
        case LimitChange():
            yield events.TenantCapChanged(
                tenant=change.tenant, limit=change.limit, by=change.by, reason=change.reason
            )
        case CampaignChange():
            tenant = next((one.tenant for one in settings.campaigns if one.name == change.campaign), None)
            yield CAMPAIGN_LINES[change.what](
                tenant=tenant, campaign=change.campaign, by=change.by, reason=change.reason
            )
        case NumberChange():
            number = next((one for one in settings.numbers if one.number == change.number), None)
            if change.what == "added":
                if number is not None:
                    yield from _added(change, number, settings)
                return
            yield NUMBER_LINES[change.what](
                tenant=None if number is None else number.tenant,
                campaign=change.campaigns[0] if change.campaigns else None,
                number=change.number,
                by=change.by,
                reason=change.reason,
            )


def _added(change: NumberChange, number: NumberSettings, settings: EngineSettings) -> Iterator[Event]:
    place = place_of(number.number)
    connection = next(one for one in settings.connections if one.name == number.connection)
    for campaign in change.campaigns or (None,):
        yield events.NumberAdded(
            tenant=number.tenant,
            campaign=campaign,
            number=number.number,
            by=change.by,
            reason=change.reason,
            connection=number.connection,
            region=place.region,
            settings={
                "number": number.number,
                "connection": number.connection,
                "status": number.status,
                "region": place.region,
                "zones": list(place.zones),
                "area": place.area,
                "max_concurrent": number.max_concurrent,
                "max_calls_per_day": number.max_calls_per_day,
                "timezone": number.timezone,
            },
            connection_settings=msgspec.to_builtins(connection, order="deterministic"),
        )
