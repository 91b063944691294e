"""Rows from a pipe: whoever waits for the next one keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Queue
from threading import Event

import pytest

from actors.campaign.arrivals import RowsRead
from runtime.contacts import FedRow, RejectedContact
from runtime.kernel.outside import OutsideRequest
from trunkline.contacts.piped import ROWS_A_TURN, PipedRows


class Pipe:
    """Rows that come when the test says so."""

    def __init__(self) -> None:
        self.rows: Queue[FedRow | None] = Queue()
        self.sent = 0
        self.held: set[OutsideRequest] = set()
        self.answers: Queue[RowsRead] = Queue()

    def read(self) -> Iterator[FedRow]:
        while (row := self.rows.get()) is not None:
            yield row

    def send(self, count: int) -> None:
        for _ in range(count):
            self.sent += 1
            self.rows.put(RejectedContact(self.sent, "made up"))

    def end(self) -> None:
        self.rows.put(None)

    def hold(self) -> OutsideRequest:
        return OutsideRequest(self.held, lambda: None)

    def piped(self, *, whole: bool = False) -> PipedRows:
        return PipedRows(self.read(), lambda: None, self.hold, whole=whole)

    def next(self, rows: PipedRows) -> RowsRead:
        rows.ask(self.answers.put)
        return self.answers.get(timeout=30)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.end()  # the thread ends with it


def test_asking_does_not_wait_for_a_pipe_that_is_silent(pipe: Pipe) -> None:
    rows = pipe.piped()

    rows.ask(pipe.answers.put)

    assert pipe.answers.empty()
    assert len(pipe.held) == 1


def test_what_has_come_is_handed_over_without_waiting_for_more(pipe: Pipe) -> None:
    rows = pipe.piped()

    rows.ask(pipe.answers.put)
    pipe.send(1)
    first = pipe.answers.get(timeout=30)

    assert (len(first.rows), first.more) == (1, True)


def test_no_more_is_handed_over_at_once_than_a_turn_takes(pipe: Pipe) -> None:
    pipe.send(3 * ROWS_A_TURN + 1)
    pipe.end()
    rows = pipe.piped(whole=True)

    turns = [pipe.next(rows) for _ in range(4)]

    assert [len(turn.rows) for turn in turns] == [ROWS_A_TURN, ROWS_A_TURN, ROWS_A_TURN, 1]
    assert [turn.more for turn in turns] == [True, True, True, False]


def test_in_virtual_time_the_pace_of_the_pipe_decides_nothing(pipe: Pipe) -> None:
    rows = pipe.piped(whole=True)

    rows.ask(pipe.answers.put)
    pipe.send(ROWS_A_TURN - 1)
    assert pipe.answers.empty()
    pipe.send(1)

    assert len(pipe.answers.get(timeout=30).rows) == ROWS_A_TURN


def test_whoever_is_gone_is_told_nothing_and_the_thread_ends(pipe: Pipe) -> None:
    from pykka import ActorDeadError

    told = Event()

    def gone(_rows: RowsRead) -> None:
        told.set()
        raise ActorDeadError("no such actor")

    rows = pipe.piped()
    rows.ask(gone)
    pipe.send(1)

    assert told.wait(30)
    thread = rows._thread
    assert thread is not None
    thread.join(30)
    assert not thread.is_alive()
    assert not pipe.held
