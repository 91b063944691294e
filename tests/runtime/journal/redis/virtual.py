"""Redis and the thread that speaks to it, in memory and on the loop: for virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pykka import ActorRef
from redis.exceptions import ConnectionError as NoConnection

from runtime.journal.base import LocalJournal
from runtime.journal.redis.journal import RedisJournal
from runtime.journal.redis.kept import Field, Kept, decode_kept, encode_kept
from runtime.journal.redis.link import ContactsLink, Line, Lost, Script, Shipped
from runtime.journal.redis.shipping import Shipping
from runtime.kernel import ActorSystem, EngineActor
from tests.runtime.ledger.embedded import Server

RETRY_SECONDS = 0.5
ROUND_TRIP_SECONDS = 0.002


class SharedMemory:
    """What the daemons' journals share; the scripts' rules, written down once more."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = Server() if server is None else server
        """Runs the script of the operators' changes as it is."""
        self.epochs: dict[tuple[str, int], int] = {}
        self.positions: dict[tuple[str, str], tuple[int, frozenset[int]]] = {}
        self.contacts: dict[tuple[str, int], dict[Field, bytes]] = {}
        self.said: dict[tuple[str, str, str], str] = {}
        self.finished: dict[str, dict[str, dict[int, tuple[object, bytes]]]] = {}

    def copy(self) -> SharedMemory:
        """Give what is known of contacts now, as an older copy that comes back later."""
        older = SharedMemory()
        older.epochs, older.positions = dict(self.epochs), dict(self.positions)
        older.contacts = {unit: dict(contacts) for unit, contacts in self.contacts.items()}
        return older


class MemoryLink(ContactsLink):
    """A daemon's way to it, which may be cut."""

    def __init__(self, memory: SharedMemory) -> None:
        super().__init__(_Nowhere(), "test")
        self.memory = memory
        self.cut = False

    def _reach(self) -> SharedMemory:
        if self.cut:
            raise NoConnection("cut off")
        return self.memory

    def position(self, tenant: str, writer: str) -> int:
        return self._reach().positions.get((tenant, writer), (0, frozenset()))[0]

    def ship(self, tenant: str, writer: str, known: int, lines: Sequence[Line]) -> Shipped | Lost:
        memory = self._reach()
        at, refused_before = memory.positions.get((tenant, writer), (0, frozenset()))
        if at < known:
            return Lost(at)
        if at >= lines[-1].position:
            return Shipped(refused_before)
        refused = frozenset(line.position for line in lines if not self._write(tenant, line))
        memory.positions[tenant, writer] = (lines[-1].position, refused)
        return Shipped(refused)

    def _write(self, tenant: str, line: Line) -> bool:
        unit = tenant, line.partition
        contacts = self.memory.contacts.setdefault(unit, {})
        before = contacts.get(line.field, b"\n").partition(b"\n")[0].decode()
        if line.what == "end":
            taken = before == line.call
        else:
            taken = before in ("", line.call) and self.memory.epochs.get(unit) == line.epoch
        if taken:
            contacts[line.field] = line.value
        return taken

    def take(
        self, tenant: str, partitions: Sequence[int], writer: str = "", known: int = 0
    ) -> dict[int, tuple[int, dict[Field, Kept]]] | Lost:
        memory = self._reach()
        at, _ = memory.positions.get((tenant, writer), (0, frozenset()))
        if at < known:
            return Lost(at)
        taken: dict[int, tuple[int, dict[Field, Kept]]] = {}
        for partition in partitions:
            unit = tenant, partition
            memory.epochs[unit] = memory.epochs.get(unit, 0) + 1
            found = memory.contacts.get(unit, {})
            contacts = {field: decode_kept(value) for field, value in found.items()}
            taken[partition] = memory.epochs[unit], contacts
        return taken

    def restate(
        self,
        tenant: str,
        writer: str,
        known: int,
        partition: int,
        epoch: int,
        contacts: Iterable[tuple[Field, Kept]],
    ) -> bool:
        memory = self._reach()
        if memory.epochs.get((tenant, partition), 0) > epoch:
            return False
        memory.epochs[tenant, partition] = epoch
        found = memory.contacts.setdefault((tenant, partition), {})
        found.update((field, encode_kept(kept)) for field, kept in contacts)
        memory.positions[tenant, writer] = (known, frozenset())
        return True

    def look_up(self, tenant: str, places: Sequence[tuple[int, Field]]) -> list[Kept | None]:
        contacts = self._reach().contacts
        values = [contacts.get((tenant, partition), {}).get(field) for partition, field in places]
        return [None if value is None else decode_kept(value) for value in values]

    def run(self, script: Script, keys: list[str], arguments: list[Any], *, replicated: bool = True) -> Any:
        words = [word.decode() if isinstance(word, bytes) else str(word) for word in arguments]
        return [word.encode() for word in self._reach().server.run(script.text, keys, words)]

    def first_said(self, tenant: str, name: str, field: str, value: str) -> str:
        return self._reach().said.setdefault((tenant, name, field), value)

    def tell_finished(self, tenant: str, campaign: str, counts: Mapping[int, bytes]) -> frozenset[int]:
        known = self._reach().finished.setdefault(tenant, {}).setdefault(campaign, {})
        for partition, count in counts.items():
            known.setdefault(partition, (self, count))
        return frozenset(partition for partition in counts if known[partition][0] is self)

    def read_finished(self, tenant: str) -> dict[str, dict[int, bytes]]:
        finished = self._reach().finished.get(tenant, {})
        return {
            campaign: {partition: count for partition, (_, count) in counts.items()}
            for campaign, counts in finished.items()
        }


class _Nowhere:
    """Servers that there are not."""

    def client(self, key: str) -> Any:
        raise AssertionError(f"{key} is asked of a server that there is not")

    def client_at(self, host: str, port: int) -> Any:
        raise AssertionError(f"{host} is no server")

    def look_again(self) -> None:
        """Look for nothing."""

    def close(self) -> None:
        """Close nothing."""


class Retry:
    """See whether it is back."""


class LoopWriter(EngineActor):
    """What the writer's thread does, on the loop."""

    def __init__(self, shipping: Shipping) -> None:
        super().__init__()
        self._shipping = shipping
        self._retries = False

    def on_receive(self, message: Any) -> None:
        if isinstance(message, Retry):
            self._retries = False
            self._shipping.go_on()
        else:
            self._shipping.take_in(message)
            if not self._shipping.silent:
                self._shipping.go_on()
        if self._shipping.silent and not self._retries:
            self._retries = True
            self.after(RETRY_SECONDS, Retry())


class VirtualJournal(RedisJournal):
    """A `RedisJournal` whose Redis is memory and whose thread is an actor."""

    def __init__(self, local: LocalJournal, memory: SharedMemory, tenants: Iterable[str]) -> None:
        self.link = MemoryLink(memory)
        super().__init__(local, self.link, tenants, now=lambda: self._seconds())

    def _seconds(self) -> float:
        assert self._system is not None
        return self._system.clock.monotonic()

    def _start_writer(self, system: ActorSystem, shipping: Shipping) -> ActorRef[Any]:
        return system.start(LoopWriter, shipping)

    def _on_loop(self, answer: Callable[..., None]) -> Callable[..., None]:
        system = self._system
        assert system is not None

        def later(*said: Any) -> None:
            system.call_later(ROUND_TRIP_SECONDS, lambda: answer(*said))

        return later

    def close(self) -> None:
        self.local.close()
