"""The list of pure rules is whole: a file beside an actor is one, unless it is said here why not."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_RULES = {
    "actors.answer_rates.messages": "messages carry addresses",
    "actors.answer_rates.store": "speaks of what messages carry",
    "actors.campaign.activation": "starts contacts",
    "actors.campaign.cancellation": "has cancellations written down",
    "actors.campaign.gained_partitions": "starts contacts, and hands them to the pool",
    "actors.campaign.completion": "has ends written down, and tells of them",
    "actors.campaign.feed": "sets the futures of those who added contacts",
    "actors.campaign.finishing": "has ends written down",
    "actors.campaign.following": "hands contacts to the pool",
    "actors.campaign.lost_partitions": "takes contacts back from the pool",
    "actors.campaign.progress": "is the state of an actor",
    "actors.campaign.reading": "has rows written down, and tells the pool of contacts",
    "actors.campaign.settling": "sends contacts back, and has calls ended",
    "actors.campaign.sharing": "tells the partitions' actor what is finished",
    "actors.campaign.taking_over": "hands contacts to the pool",
    "actors.partitions.departing": "states to the ledger that nothing is held",
    "actors.partitions.messages": "the messages",
    "actors.partitions.store": "what the actor asks of the world outside",
    "actors.partitions.taking": "tells campaigns and the store what comes and goes",
    "actors.partitions.tenant_partitions": "is the state of an actor",
    "actors.answers": "sets the futures of those who asked",
    "actors.campaign.calls_in_progress": "holds the addresses of live contacts",
    "actors.connection.call_lease": "holds a contact's address",
    "actors.connection.gate": "hands calls to their line",
    "actors.connection.handing_out": "sends tickets, and sets timers",
    "actors.connection.judging": "tells of the breaker",
    "actors.connection.sharing": "holds the addresses of who waits",
    "actors.connection.trunk": "is the state of an actor",
    "actors.contact.doubt": "hears of a call of an earlier life, and sets its timers",
    "actors.contact.ending": "writes ends, and sends what follows",
    "actors.contact.gate": "asks for calls to be placed, and returns what is held",
    "actors.contact.lines": "holds the addresses of an attempt",
    "actors.contact.progress": "is the state of an actor",
    "actors.contact.retreat": "sends back what a crash has left",
    "actors.contact.surroundings": "holds the addresses of a contact's partners",
    "actors.doctor.live": "hears the pool's events and logs advice",
    "actors.lease.messages": "messages carry addresses",
    "actors.lease.shared": "holds the address of who grants",
    "actors.lease.tenure": "hands on the address of the lease's actor",
    "actors.messages.attempts": "messages carry addresses",
    "actors.messages.campaigns": "messages carry addresses",
    "actors.messages.changes": "messages carry addresses",
    "actors.messages.grants": "messages carry addresses",
    "actors.messages.offers": "messages carry addresses",
    "actors.messages.questions": "messages carry addresses",
    "actors.messages.tickets": "messages carry addresses",
    "actors.messages.vocabulary": "messages carry addresses",
    "actors.messages.waiting": "messages carry addresses",
    "actors.pool.changes": "sends bars and lifts",
    "actors.pool.intake": "has contacts started",
    "actors.pool.handover": "tells who takes contacts over",
    "actors.pool.joining": "makes itself known to whoever grants slots",
    "actors.pool.lending": "reads a pool actor's rows, and lends to its campaigns and numbers",
    "actors.pool.quarantine": "asks for changes and sets timers",
    "actors.pool.rebuilding": "puts a pool actor together again",
    "actors.pool.reports": "asks connections and the tenant",
    "actors.pool.days": "sets the timers of numbers that rest",
    "actors.pool.grants": "hands tickets on",
    "actors.pool.limits": "has contacts started",
    "actors.pool.lining_up": "sends contacts back",
    "actors.pool.offering": "answers contacts",
    "actors.pool.returning": "has contacts started",
    "actors.pool.restoring": "puts a pool's numbers back, and sets their timers",
    "actors.pool.serving": "has contacts started",
    "actors.pool.sharing_rates": "answers who shares them",
    "actors.pool.tenant_pool": "is the state of an actor",
    "actors.pool.waking": "sets a campaign's timer",
    "actors.restart": "catches what an actor raises",
}


def pure_modules() -> set[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (modules,) = [one["source_modules"] for one in contracts if one["name"].startswith("Rules are pure")]
    return set(modules)


def actor_modules() -> set[str]:
    files = (path.relative_to(ROOT) for path in (ROOT / "actors").rglob("*.py"))
    return {
        ".".join(path.with_suffix("").parts) for path in files if path.name not in ("__init__.py", "actor.py")
    }


def test_every_file_beside_an_actor_is_a_pure_rule_or_named_here() -> None:
    assert {
        name for name in pure_modules() if name.startswith("actors.")
    } == actor_modules() - NO_RULES.keys()


def test_what_is_named_here_exists() -> None:
    assert NO_RULES.keys() <= actor_modules()
