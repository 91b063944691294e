"""Start contacts as long as somebody can be served."""

from __future__ import annotations

from actors.messages import HandOn, Index, Start
from actors.pool.campaign import HeldNumber, PoolCampaign
from actors.pool.cells import Tier
from actors.pool.grants import occupy
from actors.pool.inventory import PooledConnection
from actors.pool.lining_up import follow_time
from actors.pool.probe import find_probe
from actors.pool.rotation import Choice, choose_number
from actors.pool.tenant_pool import TenantPool
from actors.pool.turns import next_turn
from actors.pool.waiting import Row, WaitingClass
from actors.pool.waking import connection_changed


def serve(pool: TenantPool) -> None:
    """Start contacts as long as somebody can be served now; who may not keeps no ticket from others."""
    if pool.stopped:
        hand_on_tickets(pool)
        return
    now = pool.clock.time()
    for campaign in pool.campaigns.values():
        future = campaign.room.future
        if (
            now >= campaign.hours_change_at
            or now >= campaign.tiers.offsets_hold_until
            or (future and future[0][0] <= now)
        ):
            follow_time(pool, campaign, now)
    tenant = pool.tenant_allowance
    while tenant.has_room():
        turn = next_turn(pool.campaigns.values())
        if turn is None:
            break
        campaign, row = turn
        offer_row(pool, campaign, row)
    if pool.probes:
        for connection in list(pool.probes):
            if tenant.has_room():
                offer_probe(pool, connection)
    if pool.ticketed or tenant.tickets:
        hand_on_tickets(pool)


def offer_row(pool: TenantPool, campaign: PoolCampaign, row: Row) -> None:
    """Draw a number for who is next, and hold it."""
    waiting = row.waiting
    lane = row.lane
    if lane.group is None:
        assert waiting.sticky is not None
        number = waiting.sticky
        choice = Choice(number, Tier.STICKY, campaign.weight(number.number), 1.0, 1)
    else:
        settings = campaign.settings
        drawn = choose_number(
            lane.group,
            campaign.mean,
            settings.prior_attempts,
            settings.exploration,
            settings.rotation,
            pool.draws,
            waiting.excluded,
        )
        assert drawn is not None, "a servable lane has a free number"
        choice = drawn
    spilled = None if lane is waiting.lanes[0] else _tier_of(waiting)
    hold_for(pool, campaign, row, choice, spilled=spilled, probe=False)


def offer_probe(pool: TenantPool, connection: PooledConnection) -> None:
    """Let somebody probe an open connection."""
    found = find_probe(connection, pool.campaigns.values(), pool.draws, pool.clock.time())
    if found is not None:
        del pool.probes[connection]
        campaign, row, choice = found
        hold_for(pool, campaign, row, choice, spilled=None, probe=True)


def hold_for(
    pool: TenantPool, campaign: PoolCampaign, row: Row, choice: Choice, *, spilled: Tier | None, probe: bool
) -> None:
    """Hold a number for a contact, and have the contact started."""
    waiting = row.waiting
    lost = None if waiting.sticky is None else campaign.lost_sticky(waiting)
    key = row.key
    index = Index(key[1])
    held = HeldNumber(campaign, index, row.kind, key, waiting.key, choice, spilled, probe, lost)
    held.since = pool.clock.time()
    pool.moving = held
    campaign.room.take(row)
    if not waiting:
        campaign.forget(waiting)
    occupy(pool, held)
    campaign.passed += 1.0 / campaign.settings.share
    campaign.placed += 1
    pool.held[campaign.name, index] = held
    campaign.ref.tell(Start(index))
    pool.moving = None


def hand_on_tickets(pool: TenantPool) -> None:
    """Hand on the tickets that nobody here can use."""
    for connection in pool.ticketed:
        allowance = connection.allowance
        if allowance.tickets:
            pool.connection_refs[connection.name].tell(HandOn(pool.tenant, allowance.tickets))
            allowance.tickets = 0
            allowance.full = False
            connection_changed(pool, connection)
    pool.ticketed.clear()
    if pool.tenant_allowance.tickets:
        pool.tenant_ref.tell(HandOn(pool.tenant, pool.tenant_allowance.tickets))
        pool.tenant_allowance.tickets = 0
        pool.tenant_allowance.full = False


def _tier_of(waiting: WaitingClass) -> Tier:
    group = waiting.lanes[0].group
    return Tier.STICKY if group is None else group.tier
