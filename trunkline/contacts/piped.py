"""Read rows from a stream that may be silent, on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Condition, Thread

from pykka import ActorDeadError

from actors.campaign.arrivals import RowsRead
from runtime.contacts import FedRow
from runtime.errors import KernelError
from runtime.kernel.outside import OutsideRequest

ROWS_A_TURN = 200
"""How many rows are handed over at once, at most; as many again are read ahead."""


class PipedRows:
    """Hands over what has come, and holds the system awake while more is waited for.

    With `whole` turns (virtual time) rows are handed over in full batches, so
    that it doesn't depend on the pace of the pipe what happens when. `digest`
    gives that of the rows so far. The thread ends with the stream, or with
    the program.
    """

    def __init__(
        self,
        rows: Iterator[FedRow],
        digest: Callable[[], str | None],
        hold: Callable[[], OutsideRequest],
        *,
        whole: bool,
    ) -> None:
        self._rows = rows
        self._digest_now = digest
        self._hold = hold
        self._least = ROWS_A_TURN if whole else 1
        self._changed = Condition()
        self._read: list[FedRow] = []
        self._digests: list[str | None] = []
        self._ended = False
        self._answer: Callable[[RowsRead], object] | None = None
        self._held: OutsideRequest | None = None
        self._thread: Thread | None = None

    def ask(self, answer: Callable[[RowsRead], object]) -> None:
        """Have `answer` called with the next rows, once, from any thread."""
        with self._changed:
            if self._held is None:
                self._held = self._hold()
            self._answer = answer
            if self._thread is None:
                self._thread = Thread(target=self._follow, name="contacts", daemon=True)
                self._thread.start()
            self._hand_over()

    def _follow(self) -> None:
        try:
            for row in self._rows:
                digest = self._digest_now()
                with self._changed:
                    self._read.append(row)
                    self._digests.append(digest)
                    self._hand_over()
                    self._changed.wait_for(lambda: len(self._read) < 2 * ROWS_A_TURN)
            with self._changed:
                self._ended = True
                self._hand_over()
        except (ActorDeadError, KernelError):
            return  # the run is over; nobody wants to know

    def _hand_over(self) -> None:
        answer, held = self._answer, self._held
        if answer is None or held is None or (len(self._read) < self._least and not self._ended):
            return
        rows, digests = self._read[:ROWS_A_TURN], self._digests[:ROWS_A_TURN]
        del self._read[:ROWS_A_TURN], self._digests[:ROWS_A_TURN]
        self._answer = self._held = None
        self._changed.notify()
        try:
            answer(
                RowsRead(
                    rows, bool(self._read) or not self._ended, digests[-1] if digests else self._digest_now()
                )
            )
        finally:
            held.release()
