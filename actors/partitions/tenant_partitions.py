"""What there is to a tenant's partitions: the lease, what comes and goes, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykka import ActorRef

from actors.partitions.completion import Completion
from actors.partitions.store import ContactsStore
from actors.partitions.telling import Telling
from actors.partitions.turnover import Turnover
from actors.restart import RestartingActor, Supervisor
from runtime.journal.entries import Change
from runtime.kernel import Timer
from runtime.ledger.holder import Holder
from runtime.ledger.ledger import Ledger


def in_force_at_once(_change: Change, done: Callable[[], None]) -> None:
    """Carry out nothing where nobody is there to do it."""
    done()


class TenantPartitions(RestartingActor):
    """A tenant's partitions by the ledger, its campaigns, and what is under way between them.

    `boot` gives CLOCK_BOOTTIME in seconds; `held_until` hears the lease's
    deadline, in seconds of that, and its epoch.
    """

    def __init__(
        self,
        tenant: str,
        holder: Holder,
        ledger: Ledger,
        store: ContactsStore,
        boot: Callable[[], float],
        held_until: Callable[[float, int], None],
        supervisor: Supervisor,
    ) -> None:
        super().__init__()
        self.name = tenant
        self.supervisor = supervisor
        self.holder = holder
        self.ledger = ledger
        self.store = store
        self.boot = boot
        self.held_until = held_until
        self.turnover = Turnover()
        self.telling = Telling()
        self.carry_out: Callable[[Change, Callable[[], None]], None] = in_force_at_once
        self.campaigns: dict[str, ActorRef[Any]] = {}
        self.completion = Completion()
        self.staying: dict[int, set[str]] = {}
        """The campaigns that have yet to leave each partition that goes."""
        self.asked: dict[int, int] = {}
        """At which asking of the store each partition that comes was last asked for."""
        self.serial = 0
        self.heard_of: set[str] = set()
        """All other daemons that the ledger has ever named."""
        self.said_in = 0
        """The generation of the ledger in which all is in the store that is known here."""
        self.nudged = False
        """Whether there may be news that the statement under way was too early for."""
        self.departing: Callable[[], None] | None = None
        self.stated_departure = False
        self.lapse: Timer | None = None

    @property
    def told_up_to(self) -> int:
        """Give what the ledger is to be told; 0 while the store may lack what is known here."""
        return self.telling.stated if self.said_in == self.holder.generation else 0
