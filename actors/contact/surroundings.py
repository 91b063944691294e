"""What a contact's attempt may touch, and the settings it goes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pykka import ActorRef

from actors.campaign.calls_in_progress import CallsInProgress
from actors.restart import Supervisor
from actors.settings import CampaignSettings
from runtime.calls import E164
from runtime.observe.observer import Observer

HANGUP_GRACE_SECONDS = 10.0
"""How long a carrier may take to confirm a hang-up."""

PLACE_WITHIN_SECONDS = 10.0
"""How long after its intent a call may still be placed."""


class Surroundings:
    """One campaign's settings and the actors that its contacts talk to.

    `spell` writes a phone number as the log may show it, and the party's
    keyed hash where it is masked.
    """

    __slots__ = (
        "calls",
        "campaign",
        "connections",
        "journal",
        "observer",
        "pool",
        "settings",
        "spell",
        "supervisor",
        "tenant",
    )

    def __init__(
        self,
        settings: CampaignSettings,
        campaign: ActorRef[Any],
        pool: ActorRef[Any],
        tenant: ActorRef[Any],
        connections: Mapping[str, ActorRef[Any]],
        journal: ActorRef[Any],
        observer: Observer,
        spell: Callable[[E164], tuple[str, str | None]],
        calls: CallsInProgress,
        supervisor: Supervisor,
    ) -> None:
        self.supervisor = supervisor
        self.calls = calls
        self.settings = settings
        self.campaign = campaign
        self.pool = pool
        self.tenant = tenant
        self.connections = connections
        self.journal = journal
        self.observer = observer
        self.spell = spell
