"""Stickies before geography, geography before the rest of the pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from runtime.observe.events import ContactFinished, ContactStickyLost, ContactStickySet, DispatchGranted
from trunkline.audit.contacts import NO_NUMBER
from trunkline.audit.places import area_of, distance
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import ContactScene, GrantScene
from trunkline.audit.settings import SPILL

STICKY, AREA, COUNTRY, TIMEZONE, POOL = TIERS = ("sticky", "area", "country", "timezone", "pool")
WORLD = "001"
"""The region of calling codes that belong to no country."""

area_of_contact = lru_cache(maxsize=4096)(area_of)


def place_contact(grant: GrantScene) -> str | None:
    """The contact's region and timezones are those that libphonenumber gives."""
    event = grant.event
    if event.party is not None:
        return None
    right = grant.run.places.right(event.to, event.region, grant.zones)
    return None if right is None else f"region {right.region} and zones {list(right.zones)}"


def tier_match(grant: GrantScene) -> str | None:
    """The number is in the tier that the grant names."""
    if not _judged(grant) or _belongs(grant):
        return None
    if grant.run.changes.held_lately(grant.time, lambda: _belongs(grant)):
        return None
    number, tier = grant.number, grant.event.tier
    where = f"{number.number} is in {number.place.region}, {', '.join(number.place.zones)}"
    grant.run.suspect(grant, "tier.match", f"another tier than {tier}: {where}", lambda: _belongs(grant))
    return None


def tier_order(grant: GrantScene) -> str | None:
    """A tier is passed over only while none of its numbers is eligible, or as spilled."""
    event = grant.event
    if event.tier == STICKY or not _judged(grant) or _in_order(grant) or not _belongs(grant):
        return None
    fast = grant.run.fast.get(grant.row)
    if fast is not None and (fast.tier == event.tier or grant.time < grant.run.contacts.due[grant.row]):
        return None
    if grant.run.changes.held_lately(grant.time, lambda: _in_order(grant)):
        return None
    ladder = ", then ".join(_ladder(grant))
    grant.run.suspect(grant, "tier.order", f"the eligible tiers are {ladder}", lambda: _in_order(grant))
    return None


def tier_spill(grant: GrantScene) -> str | None:
    """A full tier spills only where the campaign lets it, and only to a lower one."""
    event, settings = grant.event, grant.campaign.settings
    spilled = event.spilled
    if spilled is None:
        return None
    may = settings.sticky_when_full if spilled == STICKY else settings.match_when_full
    if may != SPILL:
        return f"{'sticky' if spilled == STICKY else 'match'}_when_full is wait: nothing spills"
    if spilled not in TIERS or TIERS.index(event.tier) <= TIERS.index(spilled):
        return f"a tier below {spilled}"
    return None


def sticky_kept(grant: GrantScene) -> str | None:
    """A contact's sticky number makes all its calls, unless they spill."""
    event = grant.event
    sticky = grant.run.contacts.sticky[grant.row]
    if sticky == NO_NUMBER:
        if event.tier == STICKY or event.spilled == STICKY:
            return f"contact {event.contact} has no sticky number"
        return None
    number = grant.run.numbers[sticky].number
    if event.tier == STICKY:
        return None if event.number == number else f"its sticky number {number}"
    return None if event.spilled == STICKY else f"its sticky number {number}, which has not been lost"


def sticky_set(scene: ContactScene[ContactStickySet]) -> str | None:
    """A sticky number is set by an answered call, from its number, where none stands."""
    event = scene.event
    due = scene.run.sticky_due.get(scene.row)
    if due is None:
        return f"contact {event.contact} has not just been answered without a sticky number"
    return None if due == event.number else f"the number of the answered call, {due}"


def sticky_due(scene: ContactScene[ContactFinished | DispatchGranted]) -> str | None:
    """An answered call of a contact without a sticky number sets one at once."""
    due = scene.run.sticky_due.get(scene.row)
    return None if due is None else f"contact.sticky_set with {due} comes first: the last call was answered"


def sticky_lost(scene: ContactScene[ContactStickyLost]) -> str | None:
    """A sticky number is lost only when it is flagged, paused or removed."""
    event = scene.event
    sticky = scene.run.contacts.sticky[scene.row]
    if sticky == NO_NUMBER or scene.run.numbers[sticky].number != event.number:
        return f"{event.number} is not its sticky number"
    if _lost(scene) or scene.run.changes.held_lately(scene.time, lambda: _lost(scene)):
        return None
    scene.run.suspect(scene, "sticky.lost", f"{event.number} is not {event.reason}", lambda: _lost(scene))
    return None


def _lost(scene: ContactScene[ContactStickyLost]) -> bool:
    event = scene.event
    member = scene.campaign.members.get(event.number)
    if member is None:
        return event.reason == "removed"
    number = member.number
    match event.reason:
        case "removed":
            return number.removed or not member.present
        case "flagged":
            return number.flagged
        case "paused":
            return number.paused
        case _:
            return False


def _judged(grant: GrantScene) -> bool:
    """Leave out a number that may not be dialed at all: other rules report it."""
    number, connection = grant.number, grant.connection
    return (
        grant.member.present
        and number.standing
        and not number.quarantined
        and (connection.usable or grant.event.probe)
    )


def _belongs(grant: GrantScene) -> bool:
    number, event = grant.number, grant.event
    match event.tier:
        case "area":
            area = _area(grant)
            return area is None or number.area == area
        case "country":
            return event.region not in (None, WORLD) and number.place.region == event.region
        case "timezone":
            with _probed(grant):
                nearest = grant.campaign.nearest(grant.zones, grant.time)
            return nearest is not None and distance(grant.zones, number.place.zones, grant.time) == nearest
        case "sticky" | "pool":
            return True
        case _:
            return False


def _in_order(grant: GrantScene) -> bool:
    ladder = _ladder(grant)
    tier, spilled = grant.event.tier, grant.event.spilled
    if not ladder or tier == ladder[0] or (tier == AREA and AREA not in ladder):
        return spilled in (None, STICKY) or not ladder
    if spilled is None or tier not in ladder:
        return False
    if spilled == AREA and grant.event.party is not None:
        return True  # whose area it is can't be told from a masked number
    if spilled == STICKY:
        return grant.campaign.settings.match_when_full == SPILL
    return spilled == ladder[0]


def _ladder(grant: GrantScene) -> list[str]:
    """List the tiers that have an eligible number for the contact, nearest first."""
    campaign, event = grant.campaign, grant.event
    settings = campaign.settings
    ladder: list[str] = []
    with _probed(grant):
        if settings.prefer_area_match:
            area = _area(grant)
            if area is not None and campaign.has_area(area):
                ladder.append(AREA)
        if settings.prefer_country_match and event.region not in (None, WORLD):
            if campaign.has_region(event.region):
                ladder.append(COUNTRY)
            if grant.zones and campaign.nearest(grant.zones, grant.time) is not None:
                ladder.append(TIMEZONE)
        if campaign.has_eligible():
            ladder.append(POOL)
    return ladder


def _area(grant: GrantScene) -> str | None:
    """Name the contact's area; it can't be known where the log masks the number."""
    return None if grant.event.party is not None else area_of_contact(grant.event.to)


@contextmanager
def _probed(grant: GrantScene) -> Iterator[None]:
    """Look at the campaign's numbers; for a probe those of its connection are eligible."""
    changes, connection = grant.run.changes, grant.connection
    if not grant.event.probe or connection.usable:
        grant.campaign.look(changes)
        yield
        return
    connection.usable = True
    changes.version += 1
    grant.campaign.look(changes)
    try:
        yield
    finally:
        connection.usable = False
        changes.version += 1


RULES = (
    Rule(
        "place.contact",
        "A contact's region and timezones are those that libphonenumber gives for its number.",
        {DispatchGranted: place_contact},
        timeless=True,
    ),
    Rule(
        "tier.match", "A grant's number is in the tier that the grant names.", {DispatchGranted: tier_match}
    ),
    Rule(
        "tier.order",
        "A nearer tier is passed over only while none of its numbers is eligible, or where it spilled.",
        {DispatchGranted: tier_order},
    ),
    Rule(
        "tier.spill",
        "A full tier spills only where sticky_when_full or match_when_full says so, to a lower tier.",
        {DispatchGranted: tier_spill},
    ),
    Rule(
        "sticky.kept",
        "A contact's sticky number makes all its later calls, before every tier, while it stands.",
        {DispatchGranted: sticky_kept},
    ),
    Rule(
        "sticky.set",
        "An answered call of a contact without a sticky number sets its number as sticky; nothing else does.",
        {ContactStickySet: sticky_set, DispatchGranted: sticky_due, ContactFinished: sticky_due},
    ),
    Rule(
        "sticky.lost",
        "A sticky number is lost only when it has been flagged, paused or removed.",
        {ContactStickyLost: sticky_lost},
    ),
)
