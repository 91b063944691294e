"""Tell all daemons of a change, and wait until it is in force at each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import msgspec

from runtime.errors import ConfigError, UnknownName
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange
from runtime.journal.redis.link import ContactsLink
from runtime.redis.client import Credentials, connect
from trunkline.config import Config, Problem
from trunkline.engine.shared_state import credentials, namespace_of
from trunkline.fleet.awaiting import Awaiting, read_record
from trunkline.fleet.contacts import encode_change

LOOK_SECONDS = 0.1
ANSWER_SECONDS = 5.0


class Told(msgspec.Struct, frozen=True):
    """What became of a change: where it is in force, who has lapsed, and who is waited for."""

    version: int
    in_force: bool
    confirmed: list[str]
    lapsed: list[str]
    waiting: list[str]


def tell(
    config: Config,
    change: Change,
    *,
    within: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Told:
    """Record a change for all daemons and wait `within` seconds until it is in force.

    Raises ConfigError where there is no shared state, UnknownName for what
    the configuration doesn't have, RedisError or OSError where Redis is away.
    """
    if config.state is None:
        raise ConfigError([Problem("without [state] there are no other daemons to be told", "state")])
    tenant = _tenant_of(config, change)
    servers = connect(config.state.url, Credentials(*credentials(os.environ)), timeout=ANSWER_SECONDS)
    link = ContactsLink(servers, namespace_of(config))
    try:
        awaiting = Awaiting(link.tell_change(tenant, encode_change(change)))
        until = clock() + within
        while True:
            records = {name: read_record(line) for name, line in link.holders(tenant).items()}
            waiting = awaiting.see(records, clock())
            if not waiting or clock() >= until:
                break
            sleep(LOOK_SECONDS)
    finally:
        link.close()
    return Told(awaiting.version, not waiting, sorted(awaiting.confirmed), sorted(awaiting.lapsed), waiting)


def _tenant_of(config: Config, change: Change) -> str:
    """Find the tenant whose daemons hear of a change."""
    settings = config.settings()
    match change:
        case NumberChange():
            for number in settings.numbers:
                if number.number == change.number:
                    return number.tenant
            raise UnknownName("number", change.number)
        case CampaignChange():
            for campaign in settings.campaigns:
                if campaign.name == change.campaign:
                    return campaign.tenant
            raise UnknownName("campaign", change.campaign)
        case LimitChange():
            if change.tenant is not None:
                if all(tenant.name != change.tenant for tenant in settings.tenants):
                    raise UnknownName("tenant", change.tenant)
                return change.tenant
            for number in settings.numbers:
                if number.connection == change.connection:
                    return number.tenant
            raise UnknownName("connection", change.connection or "")
