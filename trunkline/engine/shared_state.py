"""Share limits by the Redis that the configuration names."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import msgspec

from actors.lease.actor import PLACE_SECONDS
from actors.lease.jumps import Reading
from runtime.errors import ConfigError
from runtime.journal.base import Journal, LocalJournal
from runtime.kernel import ActorSystem
from runtime.redis.address import Topology
from trunkline.config import Config, Problem
from trunkline.config.models import StateTable
from trunkline.config.secrets import secret
from trunkline.engine.sharing import Sharing, longest_call

FAILOVER_LAG_SECONDS = 10.0
"""So long a master may go on answering that has lost its replicas (min-replicas-max-lag)."""

AT_ONE_MOMENT_SECONDS = 0.05
"""Clocks that took longer to read were not read at one moment."""

READINGS = 5

ANSWER_PART = 5
"""This part of a lease Redis may take to write what is said of contacts."""

PATIENT_PART = 0.3
"""For this part of a lease intents wait for Redis, before dialing stops."""


def sharing_of(config: Config, system: ActorSystem) -> Sharing | None:
    """Connect to the shared state; None where the configuration names none.

    Raises ConfigError where user or password can't be read.
    """
    state = config.state
    if state is None:
        return None
    # Here, not above: without shared state nothing of Redis is imported.
    from runtime.redis.client import Credentials, connect
    from runtime.redis.nudges import Nudges
    from runtime.redis.renewals import RedisLedger

    known, namespace = Credentials(*credentials(os.environ)), namespace_of(config)
    servers = connect(state.url, known, timeout=state.lease / ANSWER_PART)
    nudges = Nudges(servers, namespace, system.call_soon_threadsafe)
    ledger = RedisLedger(
        state.url,
        known,
        namespace=namespace,
        lease=state.lease,
        call_soon=system.call_soon_threadsafe,
    )

    def close() -> None:
        ledger.close()
        nudges.close()

    return Sharing(
        ledger,
        lease=state.lease,
        lag=lag_of(state),
        generation=state.generation,
        clocks=read_clocks,
        boot=boot_time,
        close=close,
        nudges=nudges.hear,
    )


def share_contacts(
    config: Config, journal: Journal, sharing: Sharing | None
) -> tuple[Journal, Sharing | None]:
    """Let the contacts be dealt out among daemons, where a journal is kept and there is a shared state.

    Raises ConfigError for a campaign whose contacts not every daemon can read.
    """
    if config.state is None or sharing is None or not isinstance(journal, LocalJournal):
        return journal, sharing
    problems = [
        Problem(
            "daemons that share contacts read them from one file: name it, and keep no campaign open",
            f'campaigns "{campaign.name}"',
        )
        for campaign in config.settings().campaigns
        if campaign.keep_open or (source := config.contacts[campaign.name]) is None or source.path is None
    ]
    if problems:
        raise ConfigError(problems)
    from runtime.journal.redis.journal import RedisJournal
    from runtime.journal.redis.link import ContactsLink
    from runtime.redis.client import Credentials, connect
    from trunkline.fleet.contacts import RedisContacts

    lease = config.state.lease
    servers = connect(config.state.url, Credentials(*credentials(os.environ)), timeout=lease / ANSWER_PART)
    link = ContactsLink(servers, namespace_of(config))
    tenants = [one.name for one in config.settings().tenants]
    tail = PLACE_SECONDS + longest_call(config.settings())
    shared = RedisJournal(journal, link, tenants, patience=lease * PATIENT_PART, tail=tail)
    return shared, msgspec.structs.replace(sharing, store=RedisContacts(shared))


def credentials(environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Read the user and the password that Redis is told."""
    return secret("TRUNKLINE_STATE_USER", environment), secret("TRUNKLINE_STATE_PASSWORD", environment)


def namespace_of(config: Config) -> str:
    """Name what daemons that share limits have in common."""
    assert config.state is not None
    tenants = ",".join(sorted(one.name for one in config.settings().tenants))
    return config.state.namespace or tenants


def lag_of(state: StateTable) -> float:
    """Say for how long a master may go on answering that has been replaced, in seconds."""
    return 0.0 if state.url.topology is Topology.SERVER else FAILOVER_LAG_SECONDS


def read_clocks() -> Reading:
    """Read the host's clocks at one moment, as nearly as it lets us."""
    reading = _read()
    for _ in range(READINGS):
        if time.monotonic() - reading.monotonic < AT_ONE_MOMENT_SECONDS:
            break
        reading = _read()
    return reading


def _read() -> Reading:
    return Reading(time.monotonic(), boot_time(), time.time())


def boot_time() -> float:
    """Read the seconds since the boot, sleep included, where the system has such a clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
