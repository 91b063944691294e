"""Tell all daemons of a change, and wait until it is in force at each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import msgspec

from runtime.errors import ConfigError, UnknownName
from runtime.journal.entries import CampaignChange, Change, LimitChange, NumberChange
from runtime.journal.redis.book import commanded, subject_of
from runtime.journal.redis.link import ContactsLink
from runtime.redis.client import Credentials, connect
from trunkline.config import Config, Problem
from trunkline.engine.shared_state import credentials, namespace_of
from trunkline.fleet.awaiting import Awaiting, read_ledger

LOOK_SECONDS = 0.1
ANSWER_SECONDS = 5.0


class Told(msgspec.Struct, frozen=True):
    """What became of a change: where it is in force, who has lapsed, and who is waited for.

    `incomplete` says that somebody may be waited for of whom Redis doesn't
    know yet: it has lost its data, or is new.
    """

    version: int
    in_force: bool
    confirmed: list[str]
    lapsed: list[str]
    waiting: list[str]
    incomplete: bool


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
    subject, said = subject_of(change), commanded(change)
    awaiting = Awaiting(0, config.state.lease)
    since = None
    try:
        until = clock() + within
        while True:
            known = read_ledger(*link.holders(tenant))
            if known.since != since:  # with what Redis has lost, this may be lost
                book = link.share_changes(tenant, {subject: said})
                link.nudge()
                if book.changes[subject].id == said.id:
                    said = book.changes[subject]
                awaiting.version = book.version
                since = known.since
            waiting = awaiting.see(known, clock())
            in_force = not waiting and not awaiting.incomplete
            if in_force or clock() >= until:
                break
            sleep(LOOK_SECONDS)
    finally:
        link.close()
    return Told(
        awaiting.version,
        in_force,
        sorted(awaiting.confirmed),
        sorted(awaiting.lapsed),
        waiting,
        awaiting.incomplete,
    )


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
