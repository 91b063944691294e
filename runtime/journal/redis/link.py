"""The commands by which a daemon's journal speaks to Redis; one thread uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from hashlib import sha1
from importlib.resources import files
from secrets import token_bytes
from time import monotonic
from typing import Any

import msgspec
import redis
from redis.exceptions import NoScriptError, RedisError

from runtime.journal.redis.book import Book, Recorded, read_book, written
from runtime.journal.redis.kept import Field, Kept, decode_kept, encode_kept
from runtime.ledger.resource import Kind, Resource
from runtime.redis.client import Servers
from runtime.redis.nudges import nudge

REPLICAS_WITHIN_MS = 250
"""How long replicas may take to have what was written."""

MARK_BYTES = 8

LIFE_DIGITS = 10
"""So many digits of each of a server's two ids tell its life; see runtime/ledger/script.lua."""

LOOK_SECONDS = 1.0
"""How often it is looked at whether there are replicas."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """What is written of one entry: its position in the local journal, and the contact's new value."""

    position: int
    partition: int
    what: str
    epoch: int
    field: Field
    call: str
    value: bytes


class Shipped(msgspec.Struct, frozen=True, gc=False):
    """The lines are written, but for those at the `refused` positions."""

    refused: frozenset[int]


class Lost(msgspec.Struct, frozen=True, gc=False):
    """Redis has forgotten lines that it had acknowledged; it ends with `position`."""

    position: int


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """Nothing is taken over yet: what this life of the server has lost these daemons may yet say."""

    life: str
    writers: tuple[str, ...]


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How a daemon's journal stands in Redis: its last position there, and the server's life.

    `complete`: what Redis has was checked by that daemon in this life.
    """

    position: int
    life: str
    complete: bool


class Page(msgspec.Struct, frozen=True, gc=False):
    """What is known of some of a partition's contacts, as it is written, and at which count of changes."""

    changes: bytes
    values: dict[Field, bytes]


class Put(str, Enum):
    """What became of contacts that were written anew."""

    DONE = "done"
    AGAIN = "again"
    """Something has changed since they were read."""
    HELD = "held"
    """Another daemon has taken the partition over."""


class NotReplicated(RedisError):
    """Written, but no replica has it yet."""


class Script:
    """A script of this folder, and the digest that Redis knows it by."""

    def __init__(self, name: str) -> None:
        self.text = files("runtime.journal.redis").joinpath(f"{name}.lua").read_text()
        self.sha = sha1(self.text.encode(), usedforsecurity=False).hexdigest()


SHIP, TAKE, BOOK, ANSWERS = Script("ship"), Script("take"), Script("book"), Script("answers")
RESTATE, ENTER = Script("restate"), Script("enter")


class ContactsLink:
    """A tenant's contacts in Redis, under keys that all have one hash tag.

    What goes wrong is raised as redis.exceptions.RedisError or OSError; then nobody
    knows whether it was done, and doing it again does no harm.
    """

    def __init__(self, servers: Servers, namespace: str) -> None:
        self._servers = servers
        self._node = servers.client
        self._namespace = namespace
        self._mark = token_bytes(MARK_BYTES)
        """Tells by whom something was said first, whether or not the answer came."""
        self._replicas = False
        self._looked_at = -LOOK_SECONDS

    def look_again(self) -> None:
        """Find out anew where the servers are: one of them has not answered as it should."""
        self._looked_at = -LOOK_SECONDS
        self._servers.look_again()

    def close(self) -> None:
        """Let every connection go."""
        self._servers.close()

    def key(self, tenant: str, name: str) -> str:
        """Name one of a tenant's keys."""
        return f"{Resource(Kind.PARTITIONS, tenant).key(self._namespace)}:{name}"

    def standing(self, tenant: str, writer: str) -> Standing:
        """Ask how far a daemon's journal has been written, and whether that may have been lost."""
        positions, writers = self.key(tenant, "positions"), self.key(tenant, "writers")
        pipeline = self._node(positions).pipeline(transaction=False)
        pipeline.hget(positions, writer)
        pipeline.hget(writers, writer)
        position, mark, life = self._with_life(pipeline)
        return Standing(int(position or 0), life, mark == life.encode())

    def enter(
        self, tenant: str, writer: str, position: int, life: str, epoch: int, known: Iterable[str]
    ) -> bool:
        """Say that all is there that a daemon's journal has up to a position; False in another life by now.

        `epoch` is the highest that it knows, `known` are the daemons that it
        has heard of: after a loss all of them are waited for.
        """
        keys = [self.key(tenant, name) for name in ("epochs", "positions", "writers")]
        return bool(self.run(ENTER, keys, [writer, position, life, epoch, *known]))

    def ship(self, tenant: str, writer: str, known: int, lines: Sequence[Line]) -> Shipped | Lost:
        """Write lines, in their order and once; `known` is the last position that was acknowledged."""
        hashes: dict[int, int] = {}
        keys = [self.key(tenant, name) for name in ("epochs", "positions", "writers")]
        arguments: list[Any] = [writer, known]
        for line in lines:
            place = hashes.get(line.partition)
            if place is None:
                keys.append(self.key(tenant, f"contacts:{line.partition}"))
                place = hashes[line.partition] = len(keys)
            arguments += (
                line.position,
                place,
                line.partition,
                line.what,
                line.epoch,
                line.field,
                line.call,
                line.value,
            )
        what, at, refused = self.run(SHIP, keys, arguments)
        if what == b"lost":
            return Lost(int(at))
        return Shipped(frozenset(map(int, refused.split())))

    def take(
        self, tenant: str, partitions: Sequence[int], writer: str, known: int, waited_in: str = ""
    ) -> dict[int, tuple[int, dict[Field, Kept]]] | Lost | Waiting:
        """Take partitions over; returns the new epoch of each, and what is known of its contacts.

        Not from a Redis that may have forgotten what any daemon has written,
        before that is said again; `waited_in` is the life of the server in
        which `writer` has waited long enough for those that are silent.
        """
        epochs, positions = self.key(tenant, "epochs"), self.key(tenant, "positions")
        writers = self.key(tenant, "writers")
        commands = [
            (
                [epochs, self.key(tenant, f"contacts:{one}"), positions, writers],
                [one, writer, known, waited_in],
            )
            for one in partitions
        ]
        taken: dict[int, tuple[int, dict[Field, Kept]]] = {}
        for partition, (epoch, *values) in zip(partitions, self._run_all(TAKE, commands), strict=True):
            if epoch == b"lost":
                return Lost(int(values[0]))
            if epoch == b"wait":
                life, *silent = (word.decode() for word in values)
                return Waiting(life, tuple(silent))
            pairs = zip(values[::2], values[1::2], strict=True)
            contacts = {Field(field.decode()): decode_kept(value) for field, value in pairs}
            taken[partition] = int(epoch), contacts
        return taken

    def read(self, tenant: str, places: Mapping[int, Sequence[Field] | None]) -> dict[int, Page]:
        """Read contacts of partitions as they are written: those named, or all where it is None."""
        epochs = self.key(tenant, "epochs")
        pipeline = self._node(epochs).pipeline(transaction=False)
        for partition, fields in places.items():
            pipeline.hget(epochs, f"{partition}/changes")
            if fields is None:
                pipeline.hgetall(self.key(tenant, f"contacts:{partition}"))
            else:
                pipeline.hmget(self.key(tenant, f"contacts:{partition}"), list(fields))
        found = pipeline.execute()
        pages: dict[int, Page] = {}
        for place, (partition, fields) in enumerate(places.items()):
            changes, values = found[2 * place], found[2 * place + 1]
            pairs = (
                ((Field(field.decode()), value) for field, value in values.items())
                if fields is None
                else zip(fields, values, strict=True)
            )
            kept = {field: value for field, value in pairs if value is not None}
            pages[partition] = Page(changes or b"0", kept)
        return pages

    def put(
        self,
        tenant: str,
        partition: int,
        epoch: int,
        page: Page,
        contacts: Mapping[Field, Kept],
        *,
        news: bool,
    ) -> Put:
        """Write contacts of a partition anew that were read as `page`; all of them or none.

        `epoch` is that in which the daemon holds the partition, 0 where it
        doesn't. `news`: who does has to read them again.
        """
        keys = [self.key(tenant, "epochs"), self.key(tenant, f"contacts:{partition}")]
        arguments: list[Any] = [partition, epoch, page.changes, int(news)]
        for field, kept in contacts.items():
            arguments += (field, page.values.get(field, b""), encode_kept(kept))
        return Put(self.run(RESTATE, keys, arguments).decode())

    def look_up(self, tenant: str, places: Sequence[tuple[int, Field]]) -> list[Kept | None]:
        """Read what is kept of contacts, each named by its partition and field; None where nothing is."""
        keys = [self.key(tenant, f"contacts:{partition}") for partition, _ in places]
        pipeline = self._node(keys[0]).pipeline(transaction=False)
        for key, (_, field) in zip(keys, places, strict=True):
            pipeline.hget(key, field)
        return [None if value is None else decode_kept(value) for value in pipeline.execute()]

    def share_changes(self, tenant: str, said: Mapping[str, Recorded]) -> Book:
        """Say what is known of operators' changes, by what each is about; returns all that is known."""
        resource = Resource(Kind.PARTITIONS, tenant).key(self._namespace)
        return read_book(self.run(BOOK, [resource, self.key(tenant, "changes")], written(said)))

    def share_answers(
        self, tenant: str, said: Mapping[str, tuple[int, bytes]], known: Mapping[str, int]
    ) -> tuple[dict[str, tuple[int, bytes]], frozenset[str]]:
        """Say what daemons have counted of answers, under a version that rises.

        Returns what is newer than the `known` version of each, and of whom
        there is less than that. No replica is waited for: it is said again.
        """
        arguments: list[Any] = [len(said)]
        for daemon, (version, counted) in said.items():
            arguments += (daemon, version, counted)
        for daemon, version in known.items():
            arguments += (daemon, version)
        keys = [self.key(tenant, "answers"), self.key(tenant, "answers:counted")]
        behind, *found = self.run(ANSWERS, keys, arguments, replicated=False)
        news = {
            found[place].decode(): (int(found[place + 1]), found[place + 2])
            for place in range(0, len(found), 3)
        }
        return news, frozenset(behind.decode().split())

    def nudge(self) -> None:
        """Let daemons know at once that there is something to be read."""
        nudge(self._servers, self._namespace)

    def holders(self, tenant: str) -> tuple[dict[bytes, bytes], str]:
        """Read what the ledger has of those that hold partitions, and the life of the server."""
        key = Resource(Kind.PARTITIONS, tenant).key(self._namespace)
        pipeline = self._node(key).pipeline(transaction=False)
        pipeline.hgetall(key)
        found, life = self._with_life(pipeline)
        return found, life

    @staticmethod
    def _with_life(pipeline: Any) -> list[Any]:
        """Give a pipeline's answers, and last the life of the server that gave them."""
        pipeline.info("server")
        pipeline.info("replication")
        *found, server, replication = pipeline.execute()
        return [*found, server["run_id"][:LIFE_DIGITS] + replication["master_replid"][:LIFE_DIGITS]]

    def first_said(self, tenant: str, name: str, field: str, value: str) -> str:
        """Say something, unless it was said before; returns what was said first."""
        key = self.key(tenant, name)
        pipeline = self._node(key).pipeline(transaction=False)
        pipeline.hsetnx(key, field, value)
        pipeline.hget(key, field)
        said: bytes = pipeline.execute()[1]
        return said.decode()

    def tell_finished(self, tenant: str, campaign: str, counts: Mapping[int, bytes]) -> frozenset[int]:
        """Say that a campaign's partitions are finished; returns those that were not known to be."""
        told: set[int] = set()
        key = self.key(tenant, "finished")
        pipeline = self._node(key).pipeline(transaction=False)
        for partition, count in counts.items():
            pipeline.hsetnx(key, f"{campaign}\n{partition}", self._mark + count)
            pipeline.hget(key, f"{campaign}\n{partition}")
        found = pipeline.execute()[1::2]
        for partition, value in zip(counts, found, strict=True):
            if value.startswith(self._mark):
                told.add(partition)
        return frozenset(told)

    def read_finished(self, tenant: str) -> dict[str, dict[int, bytes]]:
        """Read which partitions are finished, by campaign, and what was said of them."""
        key = self.key(tenant, "finished")
        fields: Any = self._node(key).hgetall(key)
        finished: dict[str, dict[int, bytes]] = {}
        for field, value in fields.items():
            campaign, _, partition = field.decode().partition("\n")
            finished.setdefault(campaign, {})[int(partition)] = value[MARK_BYTES:]
        return finished

    def run(self, script: Script, keys: list[str], arguments: list[Any], *, replicated: bool = True) -> Any:
        """Run a script on its keys' node; `replicated`: wait until a replica has it, if there is one."""
        return self._run_all(script, [(keys, arguments)], replicated=replicated)[0]

    def _run_all(
        self, script: Script, commands: Sequence[tuple[list[str], list[Any]]], *, replicated: bool = True
    ) -> list[Any]:
        if not commands:
            return []
        node = self._node(commands[0][0][0])
        pipeline = node.pipeline(transaction=False)
        for keys, arguments in commands:
            pipeline.evalsha(script.sha, len(keys), *keys, *arguments)
        waits = replicated and self._has_replicas(node)
        if waits:
            pipeline.execute_command("WAIT", 1, REPLICAS_WITHIN_MS)
        answers = pipeline.execute(raise_on_error=False)
        if any(isinstance(one, NoScriptError) for one in answers):
            node.script_load(script.text)
            return self._run_all(script, commands, replicated=replicated)
        for one in answers:
            if isinstance(one, Exception):
                raise one
        if waits and not answers.pop():
            raise NotReplicated(f"no replica had it within {REPLICAS_WITHIN_MS} ms")
        return answers

    def _has_replicas(self, node: redis.Redis) -> bool:
        now = monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            replication: Any = node.info("replication")
            self._replicas = bool(replication["connected_slaves"])
            self._looked_at = now
        return self._replicas
