"""The final checklist: what blocks a campaign, and what its owner should know."""

from __future__ import annotations

from enum import Enum

import msgspec

from actors.pool.capacity import Breakdown, ConnectionCapacity, break_down
from actors.pool.geography import place_of
from actors.settings import CampaignSettings, EngineSettings, NumberSettings, NumberStatus
from runtime.errors import ContactsError
from trunkline.config import Config
from trunkline.contacts import Audience, AudienceReport, ContactIntake, read_contacts
from trunkline.contacts.audience import NOWHERE
from trunkline.summary.wording import counted

PILOT_NUMBERS = 2
"""How few numbers a pilot should have at least: two can be compared."""

WORTH_NAMING = 0.01
"""The least share of the audience that a country without a number is named for."""


class Level(str, Enum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True):
    """One line of the checklist; an error blocks, a warning advises."""

    level: Level
    kind: str
    sentence: str


class CampaignReport(msgspec.Struct, frozen=True):
    """What was found for one campaign; no audience where its file wasn't read."""

    campaign: str
    findings: list[Finding]
    capacity: Breakdown
    audience: AudienceReport | None

    @property
    def blocked(self) -> bool:
        """Tell whether an error was found."""
        return any(finding.level is Level.ERROR for finding in self.findings)


def capacity_of(settings: EngineSettings, campaign: CampaignSettings) -> Breakdown:
    """Work out the capacity breakdown of a campaign before any call is made."""
    cap = next(one.max_concurrent for one in settings.tenants if one.name == campaign.tenant)
    numbers = _numbers(settings, campaign)
    connections = []
    for connection in settings.connections:
        mine = [one for one in numbers if one.connection == connection.name]
        if not mine:
            continue
        eligible = [one for one in mine if one.status is NumberStatus.ACTIVE and connection.enabled]
        limits = [one.max_concurrent for one in eligible if one.max_concurrent is not None]
        own = sum(limits) if len(limits) == len(eligible) else None
        narrower = [limit for limit in (own, connection.max_calls_per_second) if limit is not None]
        available = min([connection.max_concurrent, *narrower]) if eligible else 0
        connections.append(
            ConnectionCapacity(
                connection.name,
                connection.max_concurrent,
                0,
                available,
                len(eligible),
                own,
                own,
                connection.max_calls_per_second,
                "closed" if connection.enabled else "disabled",
            )
        )
    return break_down(
        campaign.tenant,
        campaign.name,
        connections,
        tenant_cap=cap,
        tenant_in_use=0,
        campaign_cap=campaign.max_concurrent,
        campaign_in_use=0,
    )


def preflight(config: Config, *, now: float) -> list[CampaignReport]:
    """Check every campaign; reads the contacts files whole.

    `now` is the moment, in seconds since the epoch, that calling hours and
    nearby timezones are looked at.
    """
    settings = config.settings()
    only = config.run.campaign
    return [_check(config, settings, one, now) for one in settings.campaigns if only in (None, one.name)]


def _check(
    config: Config, settings: EngineSettings, campaign: CampaignSettings, now: float
) -> CampaignReport:
    capacity = capacity_of(settings, campaign)
    numbers = _numbers(settings, campaign)
    findings = [*_primary(settings, campaign), *_pool(numbers), *_capacity(capacity)]
    audience = None
    source = config.contacts[campaign.name]
    if source is not None and source.path is not None:
        try:
            audience = _read(config, campaign, numbers, now)
        except ContactsError as error:
            findings.append(Finding(Level.ERROR, "contacts_unreadable", str(error)))
    elif source is not None:
        sentence = "The contacts come from standard input: the audience was not read."
        findings.append(Finding(Level.WARNING, "audience_not_read", sentence))
    if audience is not None:
        findings += _audience(audience)
    findings += _country_match(campaign, numbers, audience)
    if campaign.recording:
        findings.append(Finding(Level.OK, "recording", "Recording is enabled for QA."))
    else:
        findings.append(
            Finding(Level.WARNING, "recording_off", "Recording is off: keep it on for QA and coaching.")
        )
    return CampaignReport(campaign.name, findings, capacity, audience)


def _numbers(settings: EngineSettings, campaign: CampaignSettings) -> list[NumberSettings]:
    """List the pool's numbers; those of a disabled connection count as paused."""
    enabled = {one.name for one in settings.connections if one.enabled}
    return [
        one
        if one.connection in enabled or one.status is NumberStatus.SPAM
        else msgspec.structs.replace(one, status=NumberStatus.PAUSED)
        for one in settings.numbers
        if one.number in campaign.pool
    ]


def _primary(settings: EngineSettings, campaign: CampaignSettings) -> list[Finding]:
    primary = next(one for one in _numbers(settings, campaign) if one.number == campaign.primary)
    if primary.status is not NumberStatus.ACTIVE:
        state = {one.number: one.status for one in settings.numbers}[campaign.primary]
        why = "on a disabled connection" if state is NumberStatus.ACTIVE else state.value
        sentence = f"The primary number {campaign.primary} is {why}: choose an active one."
        return [Finding(Level.ERROR, "primary_not_active", sentence)]
    return [Finding(Level.OK, "primary", f"The primary number {campaign.primary} is active and in the pool.")]


def _pool(numbers: list[NumberSettings]) -> list[Finding]:
    active = [one for one in numbers if one.status is NumberStatus.ACTIVE]
    findings = []
    if len(active) < PILOT_NUMBERS:
        sentence = (
            f"The pool has {counted(len(active), 'active number')}; a pilot wants 2 or 3, to compare them."
        )
        findings.append(Finding(Level.WARNING, "few_numbers", sentence))
    else:
        findings.append(Finding(Level.OK, "pool", f"The pool has {len(active)} active numbers."))
    for one in numbers:
        if one.status is NumberStatus.SPAM:
            sentence = f"{one.number} is flagged as spam and will not be dialed from."
            findings.append(Finding(Level.WARNING, "number_flagged", sentence))
    if len(active) > 1 and len({one.connection for one in active}) == 1:
        sentence = f"Connection {active[0].connection} carries every active number: if it fails, all stop."
        findings.append(Finding(Level.WARNING, "one_connection", sentence))
    return findings


def _capacity(capacity: Breakdown) -> list[Finding]:
    if capacity.ceiling == 0:
        sentence = f"The pool ceiling is 0 ({capacity.binds}): no call can be placed."
        return [Finding(Level.ERROR, "no_capacity", sentence)]
    findings = [
        Finding(Level.OK, "ceiling", f"The pool ceiling is {capacity.ceiling} ({capacity.binds} binds).")
    ]
    if capacity.binds == "tenant_cap":
        sentence = f"The tenant cap of {capacity.tenant_cap} is below what the connections would carry."
        findings.append(Finding(Level.WARNING, "tenant_cap_binds", sentence))
    return findings


def _read(
    config: Config, campaign: CampaignSettings, numbers: list[NumberSettings], now: float
) -> AudienceReport:
    source = config.contacts[campaign.name]
    assert source is not None
    assert source.path is not None
    dialed = [place_of(one.number) for one in numbers if one.status is NumberStatus.ACTIVE]
    audience = Audience(dialed, nearby_hours=campaign.nearby_hours)
    intake = ContactIntake(
        default_region=campaign.default_region,
        default_timezone=campaign.default_timezone,
        hours=campaign.calling_hours,
        now=lambda: now,
    )
    for row in read_contacts(source.path, intake, source.encoding):
        audience.add(row)
    return audience.report(now)


def _audience(audience: AudienceReport) -> list[Finding]:
    if not audience.contacts:
        return [Finding(Level.ERROR, "no_contacts", "No row of the contacts file can be dialed.")]
    findings = []
    if audience.rejected:
        why = ", ".join(
            f"{count} {reason.value} ({audience.examples[reason]})"
            for reason, count in audience.by_reason.items()
        )
        sentence = f"{audience.rejected} of {counted(audience.rows, 'row')} will be rejected: {why}."
        findings.append(Finding(Level.WARNING, "rejected_rows", sentence))
    for country, count in audience.uncovered.items():
        share = audience.share(count)
        whom = f"{counted(count, 'contact')}, {100 * share:.1f} % of the audience"
        if country == NOWHERE:
            sentence = f"The country of {whom}, is not known: they are called from the full pool."
            findings.append(Finding(Level.WARNING, "no_country", sentence))
        elif share >= WORTH_NAMING:
            sentence = f"No number covers {country}: {whom}."
            findings.append(Finding(Level.WARNING, "country_uncovered", sentence))
    return findings


def _country_match(
    campaign: CampaignSettings, numbers: list[NumberSettings], audience: AudienceReport | None
) -> list[Finding]:
    countries = {place_of(one.number).region for one in numbers if one.status is NumberStatus.ACTIVE}
    if campaign.prefer_country_match:
        return [Finding(Level.OK, "country_match", "Country-matched numbers are preferred.")]
    if len(countries) > 1 and (audience is None or len(audience.by_country) > 1):
        sentence = "Country match is off though pool and audience span several countries: is it intended?"
        return [Finding(Level.WARNING, "country_match_off", sentence)]
    return [Finding(Level.OK, "country_match", "Country match is off; there is one country to match.")]
