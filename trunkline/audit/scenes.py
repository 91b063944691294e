"""A line with all that it concerns, looked up once for every rule."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from runtime.observe.events import (
    CallAnswered,
    CallEnded,
    CallOverdue,
    CallRinging,
    ContactFinished,
    ContactStickyLost,
    ContactStickySet,
    DispatchGranted,
    DispatchRefused,
    DispatchVoided,
    Event,
)
from trunkline.audit.pool import Call, Campaign, Connection, Member, Number, Tenant
from trunkline.audit.run import Run
from trunkline.audit.settings import ConnectionRow, NumberRow

E = TypeVar("E", bound=Event, covariant=True)

CallLine = CallRinging | CallAnswered | CallEnded | CallOverdue
ContactLine = ContactStickySet | ContactStickyLost | ContactFinished
DispatchLine = DispatchRefused | DispatchVoided


class OutOfPlace(NamedTuple):
    """A line about something that isn't there; the rule that this breaks."""

    rule: str
    expected: str


class Scene(Generic[E]):
    """A line of no further concern: an event and its time."""

    __slots__ = ("event", "line", "run", "text", "time")

    def __init__(self, run: Run, line: int, time: float, event: E, text: str | bytes | None) -> None:
        self.run = run
        self.line = line
        self.time = time
        self.event = event
        self.text = text


class CampaignScene(Scene[E]):
    """A line about a campaign that has started."""

    __slots__ = ("campaign",)
    campaign: Campaign


class ContactScene(CampaignScene[E]):
    """A line about a contact."""

    __slots__ = ("flags", "row")
    row: int
    flags: int


class CallScene(ContactScene[E]):
    """A line about a call in progress."""

    __slots__ = ("call",)
    call: Call


class GrantScene(ContactScene[DispatchGranted]):
    """A call that is granted."""

    __slots__ = ("area", "connection", "member", "number", "party", "tenant", "zones")
    tenant: Tenant
    number: Number
    connection: Connection
    member: Member
    zones: tuple[str, ...]
    party: str


def campaign_scene(
    run: Run, line: int, time: float, event: Event, text: str | bytes | None
) -> CampaignScene[Event]:
    """Look up the campaign that a line names."""
    scene = CampaignScene(run, line, time, event, text)
    scene.campaign = run.campaign(event.tenant, event.campaign)
    return scene


def contact_scene(
    run: Run, line: int, time: float, event: ContactLine, text: str | bytes | None
) -> ContactScene[ContactLine]:
    """Look up the contact that a line names."""
    scene = ContactScene(run, line, time, event, text)
    scene.campaign = run.campaign(event.tenant, event.campaign)
    scene.row = run.contacts.row(scene.campaign.name, event.contact)
    scene.flags = run.contacts.flags[scene.row]
    return scene


def call_scene(
    run: Run, line: int, time: float, event: CallLine, text: str | bytes | None
) -> Scene[Event] | OutOfPlace:
    """Look up the call that a line names; it has to be in progress."""
    call = run.calls.get(event.call)
    if call is None:
        rule = "call.end" if isinstance(event, CallEnded) else "call.sequence"
        return OutOfPlace(rule, f"call {event.call} is not in progress: not granted, or it has ended")
    scene = CallScene(run, line, time, event, text)
    scene.campaign = call.campaign
    scene.call = call
    scene.row = call.row
    scene.flags = run.contacts.flags[call.row]
    return scene


def grant_scene(
    run: Run, line: int, time: float, event: DispatchGranted, text: str | bytes | None
) -> GrantScene | OutOfPlace:
    """Look up everything that a grant concerns."""
    if event.call in run.used:
        return OutOfPlace("call.once", f"another id: {event.call} has been granted or given up before")
    campaign = run.campaigns.get(event.campaign or "")
    started = campaign is not None and campaign.started_at is not None
    if campaign is None or not started or (campaign.starts_again and not event.recovered):
        return OutOfPlace("campaign.started", f"no campaign.started of {event.campaign!r} comes before this")
    member = campaign.members.get(event.number) or _stranger(run, campaign, event)
    scene = GrantScene(run, line, time, event, text)
    scene.campaign = campaign
    scene.tenant = campaign.tenant
    scene.member = member
    scene.number = member.number
    scene.connection = run.connections.get(event.connection) or member.connection
    scene.row = run.contacts.row(campaign.name, event.contact)
    scene.flags = run.contacts.flags[scene.row]
    scene.zones = tuple(event.zones)
    scene.party = event.party or event.to
    return scene


def _stranger(run: Run, campaign: Campaign, event: DispatchGranted) -> Member:
    """Make up a number that no pool has listed, so that the other rules can be judged."""
    connection = run.connection(
        ConnectionRow(event.connection, event.connection_limit, None, 1.0, enabled=True)
    )
    row = NumberRow(event.number, event.connection, "active", event.number_limit, None, "UTC", None, ())
    return Member(run.number(campaign.tenant, row), connection)
