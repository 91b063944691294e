"""What a seed draws: limits, daemons, how the network is, and what goes wrong when."""

from __future__ import annotations

from random import Random

import msgspec

from runtime.ledger.resource import Kind

LEASE = 4.0
NOT_AFTER = 4.0
MAX_RING = 2.0
MAX_CALL = 8.0
GRACE = 2.0
TAIL = NOT_AFTER + MAX_RING + MAX_CALL + GRACE
RATE_TAIL = NOT_AFTER + 1.0
DAY = 40.0
"""Seconds; days are short here, so that a run sees some of them."""

COUNTED = (Kind.CONNECTION, Kind.TENANT, Kind.CAMPAIGN, Kind.NUMBER)

FAULTS = (
    "pause",  # SIGSTOP, at some instant or between the look and the send
    "kill",  # SIGKILL; comes back with its journal
    "death",  # SIGKILL for good; another daemon takes its place
    "away",  # Redis is down for a while
    "cut",  # one daemon reaches Redis no more, or hears it no more
    "restart",  # Redis comes back with all, an older copy, or nothing
    "failover",  # a replica takes over, some writes behind; the old master lingers
    "step",  # Redis' clock, or a host's, is set
    "limit",  # an operator changes a limit
)


class Network(msgspec.Struct, frozen=True):
    """How often and how long things go wrong between daemons, Redis and carrier."""

    delay: float
    slow: float
    lost_requests: float
    lost_replies: float
    repeated: float
    late_replies: float


class Fault(msgspec.Struct, frozen=True):
    """Something that happens at an instant; what its figures mean depends on the kind."""

    at: float
    kind: str
    daemon: int = 0
    seconds: float = 0.0
    variant: int = 0


class Plan(msgspec.Struct, frozen=True):
    """One seed's world."""

    seed: int
    limits: tuple[tuple[Kind, int], ...]
    daemons: int
    ahead: int | None
    contacts: int
    drift: float
    lag: float
    long_calls: float
    losses: bool
    network: Network
    faults: tuple[Fault, ...]
    faults_end: float


def draw_plan(seed: int, *, losses: bool = False) -> Plan:
    """Draw a seed's plan: a random subset of kinds and faults, each at its own rate.

    With `losses` one that is about lost writes alone.
    """
    if losses:
        return _draw_losses(seed)
    random = Random(f"plan {seed}")
    daemons = random.choice((1, 2, 2, 3, 3, 4, 5, 8))
    kinds = [
        kind
        for kind in (random.choice(COUNTED), Kind.RATE, Kind.DAY, Kind.PARTITIONS)
        if random.random() < 0.45
    ]
    if not kinds:
        kinds = [random.choice(COUNTED)]
    if random.random() < 0.2:
        kinds = [one for one in COUNTED if random.random() < 0.5] or kinds
    limits = tuple((kind, _limit(random, kind)) for kind in dict.fromkeys(kinds))
    lag = random.choice((0.0, 1.0, 3.0))
    end = random.uniform(40, 90)
    switched_on = [kind for kind in FAULTS if random.random() < 0.4]
    faults = [
        _fault(random, kind, daemons, end)
        for kind in switched_on
        for _ in range(random.choice((1, 1, 2, 3)) if kind != "failover" else 1)
    ]
    if random.random() < 0.4:
        faults.extend(_loss_with_a_stop(random, daemons, end))
    ahead = random.randrange(daemons) if daemons > 1 and random.random() < 0.15 else None
    contacts = random.choice((3, 20, 60, 150))
    drift = random.choice((0.0, 0.01, 0.02))
    random.random()  # was a figure once; without this draw every seed would be another world
    return Plan(
        seed=seed,
        limits=limits,
        daemons=daemons,
        ahead=ahead,
        contacts=contacts,
        drift=drift,
        lag=lag,
        long_calls=0.15,
        losses=False,
        network=Network(
            delay=random.choice((0.002, 0.02, 0.2)),
            slow=random.choice((0.0, 0.0, 0.02, 0.1)),
            lost_requests=random.choice((0.0, 0.0, 0.02, 0.15)),
            lost_replies=random.choice((0.0, 0.0, 0.02, 0.15)),
            repeated=random.choice((0.0, 0.05, 0.3)),
            late_replies=random.choice((0.0, 0.0, 0.05, 0.3)),
        ),
        faults=tuple(sorted(faults, key=lambda fault: fault.at)),
        faults_end=end,
    )


def _draw_losses(seed: int) -> Plan:
    """Draw long calls, and again and again a daemon that stops just when writes are lost."""
    random = Random(f"losses {seed}")
    daemons = random.choice((2, 3, 4))
    end = 80.0
    faults = [fault for _ in range(2) for fault in _loss_with_a_stop(random, daemons, end)]
    return Plan(
        seed=seed,
        limits=((random.choice(COUNTED), random.choice((2, 3, 5))),),
        daemons=daemons,
        ahead=None,
        contacts=150,
        drift=random.choice((0.0, 0.02)),
        lag=random.choice((0.0, 3.0)),
        long_calls=0.7,
        losses=True,
        network=Network(0.02, 0.0, 0.0, 0.0, 0.0, random.choice((0.0, 0.3))),
        faults=tuple(sorted(faults, key=lambda fault: fault.at)),
        faults_end=end,
    )


def _loss_with_a_stop(random: Random, daemons: int, end: float) -> list[Fault]:
    """Lose writes, and just then a daemon: what a learning period is for."""
    at = random.uniform(15, end)
    stop = _fault(random, random.choice(("pause", "kill", "death", "cut")), daemons, end)
    loss = _fault(random, random.choice(("restart", "failover")), daemons, end)
    return [
        msgspec.structs.replace(stop, at=at - random.uniform(-1, 3)),
        msgspec.structs.replace(loss, at=at, variant=random.choice((1, 2, 3, 4))),
    ]


def _limit(random: Random, kind: Kind) -> int:
    match kind:
        case Kind.PARTITIONS:
            return 256
        case Kind.DAY:
            return random.choice((1, 3, 10, 40))
        case _:
            return random.choice((1, 1, 2, 3, 5, 10))


def _fault(random: Random, kind: str, daemons: int, end: float) -> Fault:
    variant = random.randrange(12)
    if kind == "pause" and variant % 2:  # long enough to lapse, not too long for the call
        seconds = random.uniform(0.6 * NOT_AFTER, 1.1 * NOT_AFTER)
    elif random.random() < 0.6:
        seconds = random.uniform(LEASE, 4 * LEASE)
    else:
        seconds = random.uniform(0.1, LEASE)
    return Fault(
        at=random.uniform(2, end),
        kind=kind,
        daemon=random.randrange(daemons),
        seconds=seconds,
        variant=variant,
    )
