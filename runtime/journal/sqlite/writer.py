"""The thread that writes: one transaction for all that waits.

When a write fails nobody is told anything until it is certain what became of
it. Intents that were not written fail; everything else is kept, in its order,
and written when the journal is back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from typing import Any

import msgspec
import pykka
from pykka._envelope import Envelope

from runtime.errors import NoActorSystem
from runtime.journal.base import Condition, Durable, Failed, JournalAway, JournalBack, Record
from runtime.journal.entries import Intent, Probe
from runtime.journal.sqlite.file import JournalFile
from runtime.journal.sqlite.gate import Answer, Answers, Write
from runtime.journal.sqlite.owner import Owner
from runtime.journal.sqlite.space import Space

RETRY_SECONDS = 1.0
LOOK_SECONDS = 0.5
"""How often free space is looked at."""


class Retry(msgspec.Struct, frozen=True, gc=False):
    """See whether the journal can be written again."""


class Tally:
    """How many commits there were, and of how many records."""

    __slots__ = ("batches", "records")

    def __init__(self) -> None:
        self.batches = 0
        self.records = 0


class SqliteWriter(pykka.ThreadingActor):
    """The only one that writes to a journal file.

    `answer` and `tell` hand answers and conditions to the loop; both may
    raise NoActorSystem once that has ended.
    """

    use_daemon_thread = True

    def __init__(
        self,
        file: JournalFile,
        owner: Owner,
        space: Space,
        tally: Tally,
        answer: Callable[[Answers], None],
        tell: Callable[[Condition], None],
    ) -> None:
        super().__init__()
        self._tally = tally
        self._file = file
        self._owner = owner
        self._space = space
        self._answer = answer
        self._tell = tell
        self._kept: list[Record] = []
        self._unsettled: list[Record] = []
        """What is being written, and hasn't been answered; `_unsettled_after` is the position before it."""
        self._unsettled_after = 0
        self._away: str | None = None
        self._broken = False
        """Whether the connection can't be used before the file is opened anew."""
        self._next_look = 0.0
        self._retry: threading.Timer | None = None

    def on_start(self) -> None:
        self._space.lay_in()

    def on_stop(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
        if self._away is not None:
            self._try_again()

    def on_receive(self, message: Any) -> None:
        """Write, with everything that waits; or see whether writing goes again."""
        if not isinstance(message, Write):
            self._retry = None
            self._try_again()
            return
        records, left = self._drain(message)
        if self._away is None or not self._broken:
            self._look_at_space()
        if self._away is None:
            self._write(records)
        else:
            self._keep(records)
        if left is not None:
            self._handle(left)

    def _drain(self, first: Write) -> tuple[list[Record], Envelope[Any] | None]:
        records = first.records
        inbox: Any = self.actor_inbox  # a queue.Queue; pykka promises less
        while True:
            try:
                envelope = inbox.get_nowait()
            except Empty:
                return records, None
            if not isinstance(envelope.message, Write):
                return records, envelope
            records = records + envelope.message.records

    def _handle(self, envelope: Envelope[Any]) -> None:
        """Deal with what has come behind a batch as pykka's loop would."""
        response = self._handle_receive(envelope.message)
        if envelope.reply_to is not None:
            envelope.reply_to.set(response)

    # Writing

    def _write(self, records: list[Record]) -> None:
        try:
            self._commit(records)
            if self._unsettled_after == 0:
                # What the run is called shall not be in the write-ahead log alone.
                self._file.checkpoint()
        except Exception as error:
            self._broken = True
            self._go_away(_reason(error))
            self._try_again(back=False)

    def _commit(self, records: list[Record]) -> None:
        """Write records in one transaction and answer them; whatever raises, `_settle` finds out."""
        self._unsettled, self._unsettled_after = records, self._file.last
        self._broken = True
        self._file.append([record.entry for record in records])
        self._durable()

    def _durable(self) -> None:
        """Answer what is known to be written."""
        records = self._unsettled
        self._owner.witness(self._file.last, self._file.sum.hex())
        answers = []
        for seq, record in enumerate(records, start=self._unsettled_after + 1):
            ref = record.ref
            if ref is not None:
                then = record.then
                if then is None:
                    answers.append(Answer(ref, Durable(record.entry.call, seq)))  # type: ignore[union-attr]  # without `then` it is of a call
                else:
                    answers.append(Answer(ref, then(seq) if callable(then) else then))
        # Nobody has asked for a probe, which comes last.
        self._hand_back(answers, len(records) - (type(records[-1].entry) is Probe if records else 0))
        self._unsettled = []
        self._broken = False
        self._tally.batches += 1
        self._tally.records += len(records)

    def _keep(self, records: list[Record]) -> None:
        """Keep what must not be lost; an intent certainly is not written."""
        failed = [record for record in records if type(record.entry) is Intent]
        answers = [Answer(one.ref, Failed(one.entry.call)) for one in failed if one.ref is not None]  # type: ignore[union-attr]  # an intent
        self._kept += [record for record in records if type(record.entry) is not Intent]
        self._hand_back(answers, len(failed))
        if not self._broken:
            self._write_kept()

    def _write_kept(self) -> None:
        records, self._kept = self._kept, []
        if records:
            self._write(records)

    def _hand_back(self, answers: list[Answer], records: int) -> None:
        with suppress(NoActorSystem, pykka.ActorDeadError):
            self._answer(Answers(answers, records))

    # Away and back

    def _look_at_space(self) -> None:
        now = time.monotonic()
        if self._away is None and now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            shortage = self._space.shortage()
            if shortage is not None:
                self._go_away(shortage)

    def _go_away(self, reason: str) -> None:
        if self._away is None:
            with suppress(NoActorSystem):
                self._tell(JournalAway(reason))
        self._away = reason
        self._come_back_later()

    def _come_back_later(self) -> None:
        if self._retry is None:
            self._retry = threading.Timer(RETRY_SECONDS, self._remind)
            self._retry.daemon = True
            self._retry.start()

    def _remind(self) -> None:
        with suppress(pykka.ActorDeadError):
            self.actor_ref.tell(Retry())

    def _try_again(self, *, back: bool = True) -> None:
        """Settle what is unsure, write what was kept, and come back if a probe is good."""
        try:
            if self._broken:
                self._settle()
            back = back and self._space.ample
            if self._kept or back:
                self._probe()
            if back:
                self._come_back()
            else:
                self._come_back_later()
        except Exception as error:
            self._broken = True
            self._away = _reason(error)
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                self._space.drop()
            self._come_back_later()

    def _come_back(self) -> None:
        self._space.lay_in()
        self._away = None
        with suppress(NoActorSystem):
            self._tell(JournalBack("a probe was written, synced and read back"))

    def _settle(self) -> None:
        self._file.settle()
        if self._file.last > self._unsettled_after:
            self._durable()
            return
        self._broken = False
        records, self._unsettled = self._unsettled, []
        failed = [record for record in records if type(record.entry) is Intent]
        answers = [Answer(one.ref, Failed(one.entry.call)) for one in failed if one.ref is not None]  # type: ignore[union-attr]  # an intent
        self._kept = [one for one in records if type(one.entry) not in (Intent, Probe)] + self._kept
        self._hand_back(answers, len(failed))

    def _probe(self) -> None:
        """Write what was kept, with a sign that writing goes; read it back over a new connection."""
        kept, self._kept = self._kept, []
        self._commit([*kept, Record(Probe(), None)])
        self._file.read_back()


def _reason(error: Exception) -> str:
    name = getattr(error, "sqlite_errorname", None)
    return f"{error}" if name is None else f"{error} ({name})"
