"""The thread that carries statements to Redis, and answers back to the loop.

It has a connection of its own, so that nothing else delays a renewal. All
statements that wait go in one plain pipeline to each server: a Cluster's own
pipelines refuse EVALSHA. What a lost answer leaves unknown is settled by
sending the same statement again; the script heeds a version once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from queue import Empty
from typing import Any, TypeAlias

import msgspec
import pykka
import redis
from redis.exceptions import (
    AskError,
    MovedError,
    NoScriptError,
    ReadOnlyError,
    RedisClusterException,
)

from runtime.errors import NoActorSystem
from runtime.ledger import script
from runtime.ledger.ledger import Answer
from runtime.ledger.statement import Away, Statement
from runtime.redis.address import RedisAddress
from runtime.redis.client import Credentials, Servers, connect, host_and_port, reason
from runtime.redis.pauses import Pauses

TIMEOUT_PART = 10
"""A wait for Redis takes at most this part of a lease: two of them, and the next renewal, fit in one."""

ROUNDS = 5
"""So often a statement is sent in one go: to a server lost, found, pointed away from, without the script."""

Answers: TypeAlias = Callable[[Sequence[Answer]], None]


class Carry(msgspec.Struct, frozen=True, gc=False):
    """Carry these statements and give `answer` what came of them."""

    statements: Sequence[Statement]
    answer: Answers


class Letter(msgspec.Struct, gc=False):
    """A statement under way: how it goes, and what came of it."""

    statement: Statement
    answer: Answers
    key: str
    whole: bool = False
    """Whether the script's text goes with it, since the server doesn't know it by its digest."""
    to: tuple[str, int] | None = None
    """The server that another has pointed to."""
    asking: bool = False
    """Whether that server is to make an exception, as the key is on its way there."""
    again: bool = False
    """Whether it was sent, and isn't known to have arrived."""
    result: Answer | None = None

    def commands(self) -> Iterator[tuple[str | int, ...]]:
        """Write the commands that carry it; the last one's reply is the answer."""
        if self.asking:
            yield ("ASKING",)
        name, text = ("EVAL", script.source()) if self.whole else ("EVALSHA", script.digest())
        yield (name, text, 1, self.key, *script.arguments(self.statement))

    def away(self, reason: str) -> None:
        """Give it up."""
        self.result = Away(self.statement.resource, self.statement.version, reason)


class Traffic:
    """Count what went to Redis; any thread may read it."""

    __slots__ = ("away", "commands", "pipelines", "statements")

    def __init__(self) -> None:
        self.statements = 0
        self.commands = 0
        self.pipelines = 0
        self.away = 0


class RedisLedger:
    """The ledger in Redis, for daemons on any number of hosts.

    `call_soon(function, *arguments)` runs a function on the loop, from any
    thread; it may raise NoActorSystem once that has ended. `lease` is in
    seconds: time-outs and pauses are parts of it.
    """

    def __init__(
        self,
        address: RedisAddress,
        credentials: Credentials,
        *,
        namespace: str,
        lease: float,
        call_soon: Callable[..., None],
    ) -> None:
        self.traffic = Traffic()
        timeout = lease / TIMEOUT_PART
        servers = connect(address, credentials, timeout=timeout)
        pauses = Pauses(longest=timeout)
        self._start = partial(RenewalThread.start, servers, namespace, pauses, self.traffic, call_soon)
        self._thread: pykka.ActorRef[RenewalThread] | None = None
        self._closed = False

    def state(self, statements: Sequence[Statement], answer: Answers) -> None:
        """Carry the statements; returns at once. `answer` is called on the loop, in parts.

        Once the ledger is closed nothing is carried, and nothing answered.
        """
        if self._closed:
            return
        if self._thread is None:
            self._thread = self._start()
        self._thread.tell(Carry(statements, answer))

    def close(self) -> None:
        """End the thread, when it has carried what it was given."""
        self._closed = True
        if self._thread is not None:
            self._thread.stop()


class RenewalThread(pykka.ThreadingActor):
    """The only one that speaks to the ledger in Redis."""

    use_daemon_thread = True

    def __init__(
        self,
        servers: Servers,
        namespace: str,
        pauses: Pauses,
        traffic: Traffic,
        call_soon: Callable[..., None],
    ) -> None:
        super().__init__()
        self._servers = servers
        self._namespace = namespace
        self._pauses = pauses
        self._traffic = traffic
        self._call_soon = call_soon
        self._stale = False

    def on_receive(self, message: Carry) -> None:
        """Carry what waits, all at once."""
        letters = [
            Letter(statement, carry.answer, statement.resource.key(self._namespace))
            for carry in (message, *self._waiting())
            for statement in carry.statements
        ]
        self._traffic.statements += len(letters)
        for _ in range(ROUNDS):
            under_way = [letter for letter in letters if letter.result is None]
            if not under_way:
                break
            self._send(under_way)
            if self._stale:
                self._stale = False
                self._servers.look_again()
        for letter in letters:
            if letter.result is None:
                letter.away("it is sent from one server to the next")
        self._hand_back(letters)

    def on_stop(self) -> None:
        with suppress(redis.RedisError, RedisClusterException, OSError):
            self._servers.close()

    def _waiting(self) -> Iterator[Carry]:
        inbox: Any = self.actor_inbox  # a queue.Queue; pykka promises less
        while True:
            try:
                envelope = inbox.get_nowait()
            except Empty:
                return
            if not isinstance(envelope.message, Carry):  # pykka's order to stop
                inbox.put(envelope)
                return
            yield envelope.message

    def _send(self, letters: Sequence[Letter]) -> None:
        """Send each letter once; a server that has failed comes last, so that it delays nobody."""
        groups: dict[redis.Redis, list[Letter]] = {}
        for letter in letters:
            client = self._client(letter)
            if client is not None:
                groups.setdefault(client, []).append(letter)
        for client in sorted(groups, key=lambda client: self._pauses.has_failed(host_and_port(client))):
            self._exchange(client, groups[client])

    def _client(self, letter: Letter) -> redis.Redis | None:
        """Find the server for a letter; gives the letter up where there is none now."""
        try:
            if letter.to is not None:
                client = self._servers.client_at(*letter.to)
            elif (why := self._pauses.reason(None)) is not None:
                letter.away(why)
                return None
            else:
                client = self._servers.client(letter.key)
                self._pauses.worked(None)
        except (redis.RedisError, RedisClusterException, OSError) as error:
            self._stale = True
            self._pauses.failed(None, reason(error))
            letter.away(reason(error))
            return None
        if (why := self._pauses.reason(host_and_port(client))) is not None:
            letter.away(why)
            return None
        return client

    def _exchange(self, client: redis.Redis, letters: Sequence[Letter]) -> None:
        """Send letters to their server in one pipeline, and note what it says to each."""
        pipeline = client.pipeline(transaction=False)
        last: list[int] = []
        count = 0
        for letter in letters:
            for command in letter.commands():
                pipeline.execute_command(*command)
                count += 1
            last.append(count - 1)
        self._traffic.pipelines += 1
        self._traffic.commands += count
        try:
            replies = pipeline.execute(raise_on_error=False)
        except (redis.RedisError, OSError) as error:
            self._lost(client, letters, error)
            return
        self._pauses.worked(host_and_port(client))
        for letter, place in zip(letters, last, strict=True):
            self._take(client, letter, replies[place])

    def _lost(self, client: redis.Redis, letters: Sequence[Letter], error: Exception) -> None:
        """Send once more what may have arrived or not, to whoever serves it then."""
        self._stale = True
        given_up = [letter for letter in letters if letter.again]
        for letter in letters:
            letter.again, letter.to, letter.asking = True, None, False
        if given_up:
            self._pauses.failed(host_and_port(client), reason(error))
            for letter in given_up:
                letter.away(reason(error))

    def _take(self, client: redis.Redis, letter: Letter, said: Any) -> None:
        """Note a server's answer to a letter, or what is to be tried next."""
        letter.to, letter.asking = None, False
        match said:
            case NoScriptError():
                letter.whole = True
            case AskError():
                letter.to, letter.asking = said.node_addr, True
            case MovedError():
                letter.to = said.node_addr
                self._stale = True
            case ReadOnlyError() if not letter.again:  # a master no more
                letter.again = True
                self._stale = True
            case Exception():
                self._stale = True
                letter.away(reason(said))
            case _:
                letter.result = script.reply(letter.statement.resource, said)

    def _hand_back(self, letters: Sequence[Letter]) -> None:
        answers: dict[Answers, list[Answer]] = {}
        for letter in letters:
            assert letter.result is not None
            self._traffic.away += isinstance(letter.result, Away)
            answers.setdefault(letter.answer, []).append(letter.result)
        with suppress(NoActorSystem):  # nobody is left to be told
            for answer, results in answers.items():
                self._call_soon(answer, results)
