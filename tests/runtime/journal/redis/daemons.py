"""A daemon's journal on a real Redis, and others that look at what it has written there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import trio
from msgspec.structs import replace

from runtime.calls import E164, CallId
from runtime.journal.base import Durable, Failed, Record
from runtime.journal.entries import AnyEntry, Ended, Intent
from runtime.journal.redis.kept import Field, Kept, field_of
from runtime.journal.redis.link import ContactsLink, Line, Lost, Waiting
from runtime.journal.sqlite import SqliteJournal
from runtime.kernel import ActorSystem, EngineActor, handles
from runtime.ledger.resource import PARTITIONS
from runtime.partitions import partition_of
from tests.runtime.journal.histories import NUMBERS, grant, history, started
from tests.runtime.journal.redis.holding import HoldingAll, link_to
from tests.servers.redis_server import RedisServer

TO = E164("+14155552000")
PARTITION = partition_of(TO)
FIELD = field_of("spring", "spring-0")
OTHER = "another"


def intent_of(call: str, attempt: int = 1) -> Intent:
    return Intent(
        CallId(call), 0, TO, 1000.0, 1010.0, 1100.0, grant(CallId(call), "spring", 0, attempt, NUMBERS[0])
    )


def end_of(intent: Intent) -> Ended:
    """Make the end of a call that nobody answered."""
    entry = next(one for one in history(3, 200) if isinstance(one, Ended) and one.line.outcome == "no_answer")
    line = replace(
        entry.line,
        call=intent.call,
        campaign="spring",
        contact=intent.grant.contact,
        number=intent.grant.number,
    )
    return replace(entry, call=intent.call, index=0, line=line, sticky=None, due=2000.0)


class Ears(EngineActor):
    def __init__(self, heard: list[Any]) -> None:
        super().__init__()
        self.heard = heard

    @handles(Durable, Failed)
    def hear(self, message: Durable | Failed) -> None:
        self.heard.append(message)


class Daemon:
    """One life of a daemon that holds every partition."""

    def __init__(self, path: Path, url: str, patience: float = 0.3) -> None:
        self.heard: list[Any] = []
        self.conditions: list[Any] = []
        self.journal = HoldingAll(SqliteJournal(path), url, patience)

    @asynccontextmanager
    async def running(self) -> Any:
        async with ActorSystem() as system:
            ears = system.start(Ears, self.heard)
            self._writer = self.journal.start(system, self.conditions.append)
            self._ears = ears
            if self.journal.recover() is None:
                self._writer.tell(Record(started(), None))
            await until(lambda: self.journal.holds)
            yield self
        self.journal.close()

    def tell(self, *entries: AnyEntry) -> None:
        for entry in entries:
            self._writer.tell(Record(entry, self._ears))

    async def hears(self, *messages: Any) -> None:
        await until(lambda: [type(one) for one in self.heard] == list(messages))


async def copy_without_the_end(daemon: Daemon, server: RedisServer, intent: Intent) -> Path:
    """Let a call begin and end; return a copy of what Redis knew before it ended."""
    daemon.tell(intent)
    await daemon.hears(Durable)
    older = server.keep()
    daemon.tell(end_of(intent))
    await daemon.hears(Durable, Durable)
    await until(lambda: attempts_in(server) == 1)
    return older


async def until(holds: Callable[[], bool]) -> None:
    with trio.fail_after(15):
        while not holds():  # noqa: ASYNC110  # another thread, or a server, makes it so
            await trio.sleep(0.01)


@contextmanager
def asking(url: str) -> Iterator[ContactsLink]:
    link = link_to(url, 1.0)
    try:
        yield link
    finally:
        link.close()


def contact(server: RedisServer) -> Kept:
    """Read what is kept of the contact."""
    with asking(server.url) as link:
        return link.look_up("acme", [(PARTITION, FIELD)])[0] or Kept()


def enter(link: ContactsLink, *writers: str) -> None:
    """Be known as daemons that have nothing to say again."""
    for writer in writers:
        assert link.enter("acme", writer, 0, link.standing("acme", writer).life, 0, ())


def take(link: ContactsLink, partitions: Sequence[int]) -> dict[int, tuple[int, dict[Field, Kept]]]:
    """Take partitions over, as a daemon does that has written nothing."""
    taken = link.take("acme", partitions, OTHER, 0)
    assert not isinstance(taken, Lost | Waiting)
    return taken


def take_over(server: RedisServer) -> dict[Field, Kept]:
    """Take the contact's partition over, as another daemon does."""
    with asking(server.url) as link:
        enter(link, OTHER)
        return take(link, [PARTITION])[PARTITION][1]


def kept_in(server: RedisServer) -> dict[str, Kept]:
    """Read all contacts, as a daemon that takes every partition over."""
    with asking(server.url) as link:
        enter(link, OTHER)
        taken = take(link, range(PARTITIONS)).values()
        return {field: kept for _, contacts in taken for field, kept in contacts.items()}


def line(position: int, what: str, call: str, epoch: int, value: bytes) -> Line:
    return Line(position, PARTITION, what, epoch, FIELD, call, value)


def attempts_in(server: RedisServer) -> int:
    kept = contact(server)
    return 0 if kept.intent is not None else kept.state.attempts
