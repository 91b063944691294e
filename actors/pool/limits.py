"""What connections and the tenant say of their limits, and what the pool makes of it."""

from __future__ import annotations

from actors.messages import LimitChanged, MarkedFull, Restarted, Ticket
from actors.pool.inventory import PooledConnection
from actors.pool.reports import Reports
from actors.pool.serving import serve
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import connection_changed, look_again


def mark_full(pool: TenantPool, message: MarkedFull) -> None:
    """Offer no more under a shared limit until a ticket comes."""
    if message.connection is None:
        pool.tenant_allowance.full = True
        return
    connection = pool.connections[message.connection]
    connection.allowance.full = True
    connection.rate_bound = message.rate
    connection_changed(pool, connection)


def use_ticket(pool: TenantPool, message: Ticket) -> None:
    """Use a slot that is held for us, or hand it on."""
    if message.connection is None:
        pool.tenant_allowance.tickets += 1
    else:
        connection = pool.connections[message.connection]
        if message.probe:
            pool.probes[connection] = None
        else:
            connection.allowance.tickets += 1
            pool.ticketed[connection] = None
        connection_changed(pool, connection)
    serve(pool)


def follow_limit(pool: TenantPool, reports: Reports, message: LimitChanged) -> None:
    """Follow a limit of a connection, or the tenant's cap."""
    if message.connection is None:
        pool.tenant_allowance.limit = message.limit
    else:
        connection = pool.connections[message.connection]
        connection.allowance.limit = message.limit
        connection_changed(pool, connection)
    serve(pool)
    if not message.lent:
        reports.look_at_ceiling()


def follow_restart(pool: TenantPool, reports: Reports, message: Restarted) -> None:
    """Look anew at a connection, or the tenant, that has lost its lists and tickets."""
    if message.connection is None:
        allowance = pool.tenant_allowance
    else:
        connection = pool.connections[message.connection]
        allowance = connection.allowance
        if connection.opened is not message.opened:
            set_opened(pool, reports, connection, opened=message.opened)
    allowance.limit = message.limit
    allowance.full = False
    allowance.tickets = 0
    if message.connection is not None:
        connection_changed(pool, pool.connections[message.connection])
    serve(pool)


def set_opened(pool: TenantPool, reports: Reports, connection: PooledConnection, *, opened: bool) -> None:
    """Let the numbers of an opened connection rest; dial from those of a closed one again."""
    connection.opened = opened
    connection.allowance.full = False
    connection.allowance.tickets = 0
    pool.probes.pop(connection, None)
    for campaign in pool.campaigns.values():
        look_again(pool, campaign)
    connection_changed(pool, connection)
    reports.look_at_breakers()
    reports.look_at_ceiling()
