"""What each restart finds on the disk: all that was told, and a recovery that changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from runtime.journal.recovered import Recovered
from runtime.journal.simulated import SimulatedDisk, SimulatedJournal
from runtime.observe.events import Event
from tests.simulation.carrier import WorldCarrier
from tests.simulation.judge import Judge
from tests.simulation.kept import check_idempotent, check_kept, check_stickies
from trunkline.log_tail import LogTail
from trunkline.recovered_lines import missing_lines


class Restarts:
    """Judges what has survived a life, before the next begins."""

    def __init__(
        self, disk: SimulatedDisk, judge: Judge, carrier: WorldCarrier, happened: Callable[[str], None]
    ) -> None:
        self._disk = disk
        self._judge = judge
        self._carrier = carrier
        self._happened = happened
        self._before: tuple[int, Recovered] | None = None

    def recover(self, journal: SimulatedJournal, tail: LogTail) -> list[Event]:
        """Look what the disk has kept; give the lines that the log, ending so, lacks."""
        entries, judge = list(self._disk.entries()), self._judge
        check_kept(entries, judge)
        state = journal.recover()
        if state is None:
            return []
        if self._before is not None:
            seen, before = self._before
            if check_idempotent(before, entries[seen:], state):
                self._happened("a recovery crashed before it changed anything")
        self._before = len(entries), state
        lines = list(missing_lines(journal, state, tail))
        check_stickies(entries, state, lines, judge)
        if state.in_doubt:
            self._happened("a restart found calls in doubt")
        if any(self._carrier.is_up(one.call) for one in state.in_doubt):
            self._happened("a restart found calls in doubt that were up")
        if any(one.call not in judge.placed_calls for one in state.in_doubt):
            self._happened("a restart found an intent whose call was never placed")
        return lines
