"""What becomes of what another thread sends in the very moment of an end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pykka
import pytest
import trio
from pykka._envelope import Envelope

from runtime import TrioFuture
from runtime.kernel.mailbox import Mailbox
from runtime.kernel.run_queue import Call, Desk, RunQueue


def test_an_envelope_put_into_a_closed_mailbox_is_answered() -> None:
    future: TrioFuture[object] = TrioFuture()
    mailbox = Mailbox()
    mailbox.close("Plain (urn)")

    mailbox.put(Envelope("late", reply_to=future))

    with pytest.raises(pykka.ActorDeadError, match=r"Plain \(urn\) stopped before handling the message"):
        future.get(timeout=0)
    assert mailbox.empty()


async def test_a_call_posted_to_a_closed_queue_is_not_made() -> None:
    made: list[str] = []
    queue = RunQueue()
    queue.open()
    queue.close()

    await trio.to_thread.run_sync(queue.post, Desk(), Call(made.append, ("in the wrong thread",)))

    assert made == []
    assert not queue.entries


def test_messages_to_a_loop_that_has_ended_are_refused() -> None:
    future: TrioFuture[object] = TrioFuture()
    queue = RunQueue()

    async def begin_and_vanish() -> None:
        queue.open()
        queue.asleep = True

    with ThreadPoolExecutor(1) as pool:
        pool.submit(trio.run, begin_and_vanish).result()
    queue.post(queue.dead_letters, Envelope("late", reply_to=future))

    with pytest.raises(pykka.ActorDeadError):
        future.get(timeout=0)
    assert queue.dead_letters.dropped == 1
