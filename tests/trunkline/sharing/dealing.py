"""A fleet in virtual time whose daemons read the same contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Line, Report
from runtime.journal.entries import Change
from runtime.journal.redis.book import commanded, subject_of
from runtime.observe.events import Event
from tests.runtime.journal.kept import KeptDisk, KeptJournal
from tests.runtime.journal.redis.virtual import MemoryLink, SharedMemory, VirtualJournal
from tests.trunkline.sharing.fleet import LEASE, Daemon, Fleet, Wire
from trunkline.config import Config
from trunkline.engine import Engine
from trunkline.engine.sharing import Sharing
from trunkline.fleet.contacts import RedisContacts


class Callees:
    """Who is called: counts each contact's calls, and notes whom two calls reach at once.

    `answers` has the answer rates of numbers that have one of their own.
    """

    def __init__(self, random: Random, answer_rate: float, answers: Mapping[str, float] | None) -> None:
        self.calls: Counter[str] = Counter()
        self.twice: list[str] = []
        self.tells = False
        """Whether a daemon's next life is told which of its calls nobody is in."""
        self.up: set[CallId] = set()
        self._random = random
        self._answer_rate = answer_rate
        self._answers = answers or {}
        self._busy: set[str] = set()

    def line(self, line: Line) -> CalleesLine:
        """Put the callees at the end of a line."""
        return CalleesLine(self, line)

    def begin(self, contact: str, number: str) -> bool:
        """Take a call up; tells whether it will be answered."""
        self.calls[contact] += 1
        if contact in self._busy:
            self.twice.append(contact)
        self._busy.add(contact)
        return self._random.random() < self._answers.get(number, self._answer_rate)

    def end(self, contact: str) -> None:
        self._busy.discard(contact)


class CalleesLine:
    """A line whose calls are answered or not."""

    def __init__(self, callees: Callees, line: Line) -> None:
        self._callees = callees
        self._line = line

    def place(self, request: CallRequest, report: Report) -> None:
        answers = self._callees.begin(request.contact, request.number)
        self._callees.up.add(request.call)

        def hear(event: CallEvent) -> None:
            if event.progress is CallProgress.ENDED:
                self._callees.end(request.contact)
                self._callees.up.discard(request.call)
            if answers:
                report(event)
            elif event.progress is CallProgress.ENDED:
                report(replace(event, outcome=Outcome.NO_ANSWER))

        self._line.place(request, hear)

    def adopt(self, calls: Sequence[CallId], report: Report) -> None:
        """Say of an earlier life's calls that nobody is in them."""
        for call in calls if self._callees.tells else ():
            if call not in self._callees.up:
                report(CallEvent(call, CallProgress.ENDED, outcome=Outcome.UNKNOWN))

    def hang_up(self, call: CallId) -> None:
        """Do nothing: every call ends by itself."""


class DealingFleet(Fleet):
    """Daemons with one contacts file, one ledger, and one memory of contacts."""

    def __init__(
        self,
        folder: Path,
        tables: dict[str, Any],
        contacts: int,
        seed: int = 7,
        answer_rate: float = 1.0,
        answers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(folder, tables, seed)
        self.callees = Callees(self.random, answer_rate, answers)
        self.memory = SharedMemory(self.server)
        self.links: list[MemoryLink] = []
        self.disks: list[KeptDisk] = []
        self.nudged: list[Callable[[], None]] = []
        """What each daemon does when it is nudged."""
        rows = (f"c{row},+1212{2000000 + row}" for row in range(contacts))
        (folder / "contacts.csv").write_text("id,phone\n" + "\n".join(rows) + "\n")
        self.config = Config.from_dict(tables, folder=folder)

    def join(self, disk: KeptDisk | None = None) -> Daemon:
        """Make a daemon, or another life of one by its disk."""
        name = f"d{len(self.daemons)}"
        wire = Wire(self.server, self.system, self.random)
        log: list[tuple[float, Event]] = []
        disk = disk or KeptDisk()
        journal = VirtualJournal(KeptJournal(disk), self.memory, ("acme",))
        engine = Engine(
            self.config,
            seed=len(self.daemons) + 1,
            system=self.system,
            virtual=True,
            sinks=(lambda time, event: log.append((time, event)),),
            lines={
                one.connection: self.callees.line(self.arbiter.line(name)) for one in self.config.carriers
            },
            ends_when_stalled=False,
            journal=journal,
            sharing=Sharing(
                wire, lease=LEASE, host=name, store=RedisContacts(journal), nudges=self.nudged.append
            ),
        )
        self.links.append(journal.link)
        self.disks.append(disk)
        daemon = Daemon(name, engine, wire, log)
        self.daemons.append(daemon)
        return daemon

    def cut(self, daemon: Daemon, *, off: bool = True) -> None:
        """Cut a daemon off from everything that it shares, or connect it again."""
        daemon.wire.cut = self.links[self.daemons.index(daemon)].cut = off

    def kill(self, daemon: Daemon) -> KeptDisk:
        """Let nobody hear of a daemon any more; gives its disk to another life."""
        disk, after = self.disks[self.daemons.index(daemon)], KeptDisk()
        after.records += disk.records
        disk.dies_after = 0
        daemon.died.set()
        self.cut(daemon)
        return after

    def nudge(self) -> None:
        """Let every daemon look at once."""
        for look in self.nudged:
            look()

    def tell(self, change: Change) -> None:
        """Tell all daemons of a change, as an operator does whose nudge is lost."""
        MemoryLink(self.memory).share_changes("acme", {subject_of(change): commanded(change)})
