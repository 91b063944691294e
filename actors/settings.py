"""What the actors are told at the start, checked and complete.

The configuration file is read elsewhere; these are its values after every
default has been filled in. Seconds throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

import msgspec

from runtime.calls import E164

RETRY_AFTER: Mapping[str, float] = MappingProxyType(
    {
        "no_answer": 7200.0,
        "busy": 900.0,
        "failed": 300.0,
        "voicemail": 14400.0,
        "callback": 3600.0,
        "unknown": 3600.0,
    }
)
"""The seconds after which what is tried again, unless a campaign says otherwise."""


class Rotation(str, Enum):
    """How a number is drawn inside its tier."""

    PROPORTIONAL = "proportional"
    THOMPSON = "thompson"
    UNIFORM = "uniform"


class WhenFull(str, Enum):
    """What a contact does while its match or sticky number is full."""

    WAIT = "wait"
    SPILL = "spill"


class NumberStatus(str, Enum):
    """Whether a number may be dialed from."""

    ACTIVE = "active"
    PAUSED = "paused"
    SPAM = "spam"


class TenantSettings(msgspec.Struct, frozen=True):
    """A tenant and its cap on concurrent calls."""

    name: str
    max_concurrent: int


class ConnectionSettings(msgspec.Struct, frozen=True):
    """A provider connection and its limits."""

    name: str
    max_concurrent: int
    max_calls_per_second: int | None = None
    breaker_failure_rate: float = 0.5
    enabled: bool = True


class NumberSettings(msgspec.Struct, frozen=True):
    """A caller-id number of a tenant's inventory."""

    number: E164
    tenant: str
    connection: str
    status: NumberStatus = NumberStatus.ACTIVE
    max_concurrent: int | None = None
    max_calls_per_day: int | None = None
    timezone: str = "UTC"


class CallingHours(msgspec.Struct, frozen=True):
    """When a contact may be called, in its own timezone.

    `windows` are (start, end) in minutes after midnight, start inside, end
    not; one whose end is not after its start crosses midnight and belongs to
    the day on which it starts. `days` are ISO weekdays less one (Monday 0);
    a window counts on the days on which it starts. No window: all day.
    """

    windows: tuple[tuple[int, int], ...] = ()
    days: frozenset[int] = frozenset(range(7))


class CampaignSettings(msgspec.Struct, frozen=True):
    """A campaign's options; names, defaults and meaning are the config's."""

    name: str
    tenant: str
    primary: E164
    pool: tuple[E164, ...]
    default_region: str | None = None
    prefer_country_match: bool = True
    prefer_area_match: bool = False
    nearby_hours: float = 2.0
    match_when_full: WhenFull = WhenFull.WAIT
    sticky_when_full: WhenFull = WhenFull.WAIT
    rotation: Rotation = Rotation.PROPORTIONAL
    prior_attempts: float = 20.0
    half_life_attempts: float = 500.0
    exploration: float = 0.05
    max_attempts: int = 3
    max_carrier_failures: int = 10
    retry_after: Mapping[str, float] = msgspec.field(default_factory=lambda: dict(RETRY_AFTER))
    """Seconds by outcome or disposition; what has no entry is final ("never")."""
    calling_hours: CallingHours | None = None
    default_timezone: str | None = None
    start_at: float | None = None
    """Seconds since the epoch; None is at once."""
    priority: int = 0
    max_ring_seconds: float = 45.0
    max_call_seconds: float = 3600.0
    dispositions: tuple[str, ...] = ("completed", "callback", "hung_up")
    max_concurrent: int | None = None
    share: int = 1
    keep_open: bool = False
    recording: bool = True
    mask_phone_numbers: bool = True
    auto_quarantine: bool = False
    max_resting_share: float = 0.5
    quarantine: float = 3600.0


class EngineSettings(msgspec.Struct, frozen=True):
    """Everything that one engine dials."""

    tenants: tuple[TenantSettings, ...]
    connections: tuple[ConnectionSettings, ...]
    numbers: tuple[NumberSettings, ...]
    campaigns: tuple[CampaignSettings, ...]
