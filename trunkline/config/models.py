"""The configuration file, table by table: every option, its default and meaning."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from trunkline.config.fields import (
    Amount,
    Color,
    Count,
    CountOrNone,
    Delay,
    Duration,
    Encoding,
    Flag,
    Hours,
    Kind,
    Level,
    Masking,
    Milliseconds,
    Moment,
    Name,
    Phone,
    Plain,
    PositiveDuration,
    PositiveRate,
    Priority,
    Rate,
    Region,
    RotationWord,
    Seed,
    StateAddress,
    Status,
    Text,
    Thresholds,
    TimeScale,
    Timezone,
    Weekdays,
    WhenFullWord,
    Windows,
)

VIRTUAL_START = datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)
"""When virtual time starts unless told otherwise: a Monday."""

RETRY_AFTER: dict[str, float] = {
    "no_answer": 7200.0,
    "busy": 900.0,
    "failed": 300.0,
    "voicemail": 14400.0,
    "callback": 3600.0,
}
"""Seconds by outcome or disposition; `unknown` is the campaign's max_call_seconds."""

DISPOSITIONS = ("completed", "callback", "hung_up")
"""What the application may make of an answered call, unless told otherwise."""

TENANT_HELP = "The tenant that it belongs to; may be left out where there is only one."


class Table(BaseModel):
    """One table of the file: its keys are these and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TenantTable(Table):
    """A tenant and its cap on concurrent calls."""

    name: Name = Field(description="What the tenant is called in the configuration, the log and the API.")
    max_concurrent: Count = Field(description="The most calls at once over all connections and campaigns.")


class Habits(Table):
    """How the people called take a simulated call; None leaves it as it is."""

    answer_rate: Rate | None = Field(
        None, description="Share of attempts that a person answers. Default 0.3."
    )
    voicemail_rate: Rate | None = Field(
        None, description="Share of attempts that an answering machine takes. Default 0.25."
    )
    busy_rate: Rate | None = Field(None, description="Share of attempts that meet a busy line. Default 0.05.")
    reject_rate: Rate | None = Field(None, description="Share of attempts that are rejected. Default 0.02.")
    failure_rate: Rate | None = Field(
        None, description="Share of attempts that the carrier fails. Default 0.01."
    )
    blocked_rate: Rate | None = Field(
        None, description="Share of attempts that the network blocks (cause 608). Default 0."
    )
    unallocated_rate: Rate | None = Field(
        None, description="Share of attempts to numbers that nobody has (cause 404). Default 0."
    )
    country_factors: dict[Region, Rate] | None = Field(
        None, description="Multiplies answer_rate for calls to a country. Default 1 for all."
    )
    hour_factors: tuple[Rate, ...] | None = Field(
        None, description="24 factors of answer_rate by the hour of the day where the number called is."
    )
    ring_seconds: PositiveDuration | None = Field(None, description="Mean ring time. Default 12.")
    talk_seconds: PositiveDuration | None = Field(None, description="Mean talk time. Default 60.")
    callback_rate: Rate | None = Field(
        None, description="Share of answered calls that ask to be called back. Default 0.1."
    )


class NumberChangeTable(Habits):
    """What changes about a simulated number at a time after the start."""

    at: Duration = Field(description="When, counted from the start.")


class NumberSimulatedTable(Habits):
    """What the simulated carrier does differently for one number."""

    changes: list[NumberChangeTable] = Field([], description="What changes while running.")


class ChangeTable(NumberChangeTable):
    """What changes about a simulated connection at a time after the start."""

    outage: PositiveDuration | None = Field(None, description="The connection is away for this long.")
    real_limit: CountOrNone | None = Field(None, description="As in the options.")
    lose_events: Rate | None = Field(None, description="As in the options.")
    late_events: Rate | None = Field(None, description="As in the options.")
    duplicate_events: Rate | None = Field(None, description="As in the options.")


class SimulatedTable(Habits):
    """The simulated carrier's options."""

    real_limit: CountOrNone | None = Field(None, description="Calls above it meet congestion. Default none.")
    lose_events: Rate | None = Field(None, description="Share of events that never come. Default 0.")
    late_events: Rate | None = Field(None, description="Share of events that come late. Default 0.")
    duplicate_events: Rate | None = Field(None, description="Share of events that come twice. Default 0.")
    setup_ms: Milliseconds | None = Field(
        None, description="Milliseconds from Place to the first event. Default 40."
    )
    changes: list[ChangeTable] = Field([], description="What changes while running.")


class ConnectionTable(Table):
    """A provider connection (trunk) with a limited number of concurrent calls."""

    name: Name = Field(description="What the connection is called in the configuration, the log and the API.")
    carrier: Name = Field("simulated", description="The adapter that places its calls.")
    max_concurrent: Count = Field(description="The most calls at once on this connection.")
    max_calls_per_second: Count | None = Field(
        None, description="The most calls placed in any second. Default: no limit."
    )
    breaker_failure_rate: PositiveRate = Field(
        0.5,
        description="The share of carrier faults in its last 50 calls at which the connection is rested.",
    )
    enabled: Flag = Field(True, description="Whether its numbers may be dialed from at all.")
    options: dict[str, Plain] = Field({}, description="The carrier's own options.")


class NumberTable(Table):
    """A caller-id number of a tenant's inventory."""

    number: Phone = Field(description="The number, written internationally.")
    tenant: Name | None = Field(None, description=TENANT_HELP)
    connection: Name = Field(description="The connection that its calls go through.")
    status: Status = Field("active", description="Whether it may be dialed from: active, paused or spam.")
    max_concurrent: Count | None = Field(
        None, description="The most calls at once from this number. Default: no limit."
    )
    max_calls_per_day: Count | None = Field(
        None, description="At this many calls it rests until its day ends. Default: no limit."
    )
    timezone: Timezone = Field("UTC", description="Where its day starts and ends.")
    simulated: NumberSimulatedTable | None = Field(
        None, description="What the simulated carrier does differently for this number."
    )


class CampaignTable(Table):
    """A campaign: whom to call, from which numbers, when and how often."""

    name: Name = Field(description="What the campaign is called in the configuration, the log and the API.")
    tenant: Name | None = Field(None, description=TENANT_HELP)
    primary: Phone = Field(description="The number that the campaign is known by; joins the pool by itself.")
    pool: list[Phone] = Field([], description="The numbers that it calls from.")
    contacts: Text | None = Field(
        None,
        description='The file of contacts, beside the configuration file; "-" is standard input. '
        "Without it the application adds contacts.",
    )
    contacts_encoding: Encoding | None = Field(
        None, description="The file's encoding. Default: UTF-8, or UTF-16 by its byte order mark."
    )
    default_region: Region | None = Field(None, description="How to read numbers written nationally.")
    prefer_country_match: Flag = Field(
        True, description="Call from a number of the contact's country, else of a nearby timezone."
    )
    prefer_area_match: Flag = Field(
        False, description="Before country: the same area code, or the same geographic area."
    )
    nearby_hours: Hours = Field(
        2.0, description="The largest difference of UTC offset that counts as a nearby timezone."
    )
    match_when_full: WhenFullWord = Field(
        "wait", description="While all matching numbers are busy: wait, or spill to the next tier."
    )
    sticky_when_full: WhenFullWord = Field(
        "wait",
        description="While a contact's own number is busy: wait, or spill to another for this attempt.",
    )
    rotation: RotationWord = Field("proportional", description="How a number is drawn inside its tier.")
    prior_attempts: Amount = Field(
        20.0, description="How many attempts' worth the pool's average counts in a number's weight."
    )
    half_life_attempts: Amount = Field(
        500.0, description="After so many attempts a result counts half in its number's weight."
    )
    exploration: Rate = Field(0.05, description="The share of draws that are even, whatever the weights.")
    max_attempts: Count = Field(3, description="The most calls to one contact.")
    max_carrier_failures: Count = Field(
        10, description="The most calls to one contact that its carrier failed before they rang."
    )
    retry_after: dict[str, Delay] = Field(
        {},
        description="When to try again, by outcome or disposition; merged over no_answer 2h, busy 15m, "
        'failed 5m, voicemail 4h, callback 1h, unknown = max_call_seconds. "never" is final.',
    )
    calling_hours: Windows | None = Field(
        None, description='Hours in the contact\'s timezone, as in "09:00-17:30", or a list. Default: always.'
    )
    calling_days: Weekdays | None = Field(None, description='A list of "mon" … "sun". Default: every day.')
    default_timezone: Timezone | None = Field(
        None,
        description="For contacts whose timezone is not known. Default: reject them under calling hours.",
    )
    start_at: Moment | None = Field(
        None, description="When it begins, with its UTC offset. Default: at once."
    )
    priority: Priority = Field(0, description="The campaign of the highest priority with work goes first.")
    max_ring_seconds: PositiveDuration = Field(45.0, description="Hung up after ringing this long.")
    max_call_seconds: PositiveDuration = Field(3600.0, description="Hung up after talking this long.")
    dispositions: list[Name] = Field(
        list(DISPOSITIONS), description="What the application may make of an answered call."
    )
    max_concurrent: Count | None = Field(
        None, description="The most calls at once of this campaign. Default: no limit."
    )
    share: Count = Field(1, description="Its share of the calls among campaigns of the same priority.")
    keep_open: Flag = Field(False, description="Stay open for contacts that the application adds.")
    recording: Flag = Field(True, description="Ask the carrier to record the calls.")
    auto_quarantine: Flag = Field(
        False, description="Rest a number that is answered much less than it was, and try it again later."
    )
    max_resting_share: Rate = Field(
        0.5, description="The most of the pool's numbers that may rest so at once, as a share."
    )
    quarantine: PositiveDuration = Field(
        3600.0, description="How long such a number rests; twice as long each time it fails its trial."
    )
    log_phone_numbers: Masking | None = Field(
        None, description="Contacts' numbers in the log. Default: masked, in simulation full."
    )


class EventTable(Table):
    """What an operator, a carrier or the world does at a time after the start."""

    at: Duration = Field(description="When, counted from the start.")
    kind: Kind = Field(description="What happens.")
    number: Phone | None = Field(None, description="The number that it is about.")
    connection: Name | None = Field(None, description="The connection that it is about.")
    campaign: Name | None = Field(None, description="The campaign that it is about.")
    tenant: Name | None = Field(None, description="The tenant of tenant_cap and add_number.")
    limit: Count | None = Field(None, description="The new limit of connection_limit and tenant_cap.")
    factor: PositiveRate | None = Field(
        None, description="In place of a limit: this share of the limit in force, at least 1 call."
    )
    real_limit: CountOrNone | None = Field(
        None, description="How many calls the carrier really carries; one more meets congestion."
    )
    rate: Rate | None = Field(None, description="The share of events that are lost, late or come twice.")
    answer_rate: Rate | None = Field(
        None, description="The share of attempts that a person answers. For label_number: 0.03."
    )
    count: Count | None = Field(None, description="How many synthetic contacts join.")
    region: Region | None = Field(
        None, description="Where synthetic contacts are. Default: the campaign's primary number's region."
    )
    contacts: Text | None = Field(None, description="The file of the contacts that join.")
    lasts: PositiveDuration | None = Field(
        None, description="How long, if not to the end; then it is as it was before."
    )
    reason: Name | None = Field(None, description="Why, for the log.")


class ScenarioTable(Table):
    """What happens while running, written down beforehand."""

    events: list[EventTable] = Field([], description="What an operator does, and when.")


class RunTable(Table):
    """How a run goes; flags and TRUNKLINE_… variables win over it."""

    seed: Seed | None = Field(None, description="Where the random draws start. Default: new for each run.")
    campaign: Name | None = Field(None, description="Dial only this campaign. Default: all.")
    start: Moment = Field(VIRTUAL_START, description="When virtual time starts.")
    time_scale: TimeScale = Field(
        1.0,
        description="Multiplies simulated ring and talk times in real time: 0.1 is ten times shorter.",
    )
    drain: Duration = Field(
        30.0, description="How long calls in progress may go on after the program is asked to end."
    )
    journal: Text | None = Field(
        None,
        description="The file of the journal. Default: the configuration's name with .journal, beside it.",
    )
    log_file: Text | None = Field(None, description='Where the log goes; "-" is standard output.')
    log_level: Level = Field("info", description="The least level that is logged.")
    doctor: Flag = Field(True, description="Watch the campaigns, and log advice on what is wrong.")
    quiet: Flag = Field(False, description="Print nothing but results and errors.")
    progress: Flag = Field(True, description="Show a progress bar on a terminal.")
    color: Color = Field("auto", description="Whether to colour what goes to a terminal.")
    threshold: list[Text] = Field(
        [], description="What the run has to fulfil besides [thresholds], as in 'answer_rate > 0.25'."
    )
    abort_on_fail: Duration | None = Field(
        None,
        description="A failing `threshold` stops the run this long after its start, or later. "
        "Default: it goes on.",
    )
    summary: Text | None = Field(None, description="Where summary.json goes.")
    csv: Text | None = Field(None, description="A folder for the summary's tables as CSV files.")
    report: Text | None = Field(None, description="Where report.html goes.")


class StateTable(Table):
    """Where limits are shared with other daemons; without it this one has them to itself."""

    url: StateAddress = Field(
        description="The Redis: redis://host, redis+sentinel://host,host/service or "
        "redis+cluster://host,host; rediss for TLS. User and password: TRUNKLINE_STATE_USER, "
        "TRUNKLINE_STATE_PASSWORD."
    )
    lease: PositiveDuration = Field(
        10.0,
        description="For so long a daemon goes on with what it holds where Redis doesn't answer. "
        "The same for all.",
    )
    namespace: Name | None = Field(
        None, description="What daemons that share limits have in common. Default: the tenants' names."
    )
    generation: Count = Field(
        1,
        description="How new the limits in this file are: raised with each change of one. "
        "Daemons with an older file follow.",
    )


class FileTable(Table):
    """Trunkline's configuration."""

    model_config = ConfigDict(title="Trunkline configuration")

    tenants: list[TenantTable] = Field(min_length=1, description="The tenants.")
    connections: list[ConnectionTable] = Field(min_length=1, description="The provider connections.")
    numbers: list[NumberTable] = Field(min_length=1, description="The caller-id numbers.")
    campaigns: list[CampaignTable] = Field(min_length=1, description="The campaigns.")
    scenario: ScenarioTable = Field(
        default_factory=lambda: ScenarioTable.model_validate({}), description="What happens while running."
    )
    thresholds: Thresholds = Field(
        {}, description='What a run has to fulfil: a figure of its summary and a comparison, as in "> 0.25".'
    )
    state: StateTable | None = Field(
        None, description="Where limits are shared with other daemons. Default: nowhere."
    )
    run: RunTable = Field(default_factory=lambda: RunTable.model_validate({}), description="How a run goes.")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration file, for editors."""
    schema = FileTable.model_json_schema()
    simulated = SimulatedTable.model_json_schema(ref_template="#/$defs/{model}")
    definitions = schema["$defs"]
    definitions.update(simulated.pop("$defs", {}))
    definitions["SimulatedTable"] = simulated
    connection = definitions["ConnectionTable"]
    # The options are the simulated carrier's unless another carrier is named.
    connection["if"] = {"properties": {"carrier": {"const": "simulated"}}}
    connection["then"] = {"properties": {"options": {"$ref": "#/$defs/SimulatedTable"}}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
