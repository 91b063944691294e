"""Redis and the thread that speaks to it, in memory and on the loop: for virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pykka import ActorRef
from redis.exceptions import ConnectionError as NoConnection

from runtime.journal.base import LocalJournal
from runtime.journal.redis.journal import RedisJournal
from runtime.journal.redis.kept import Field, Kept, decode_kept
from runtime.journal.redis.link import ContactsLink, Page, Script, Standing
from runtime.journal.redis.shipping import Shipping
from runtime.kernel import ActorSystem, EngineActor
from tests.runtime.ledger.embedded import Server

RETRY_SECONDS = 0.5
ROUND_TRIP_SECONDS = 0.002


class SharedMemory:
    """What the daemons' journals share: the scripts run as they are, on a server of dictionaries."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = Server() if server is None else server
        self.finished: dict[str, dict[str, dict[int, tuple[object, bytes]]]] = {}

    def copy(self) -> SharedMemory:
        """Give what is known of contacts now, as an older copy that comes back in another life."""
        older = SharedMemory(Server(self.server.life + 1))
        older.server.data = self.server.copy()
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

    def _hash(self, tenant: str, name: str) -> dict[str, str]:
        return self._reach().server.data.get(self.key(tenant, name), {})

    def standing(self, tenant: str, writer: str) -> Standing:
        position = int(self._hash(tenant, "positions").get(writer, "0"))
        life = f"{self._reach().server.life:010x}" * 2
        return Standing(position, life, self._hash(tenant, "writers").get(writer) == life)

    def read(self, tenant: str, places: Mapping[int, Sequence[Field] | None]) -> dict[int, Page]:
        epochs = self._hash(tenant, "epochs")
        pages: dict[int, Page] = {}
        for partition, fields in places.items():
            found = self._hash(tenant, f"contacts:{partition}")
            values = {
                Field(field): value.encode()
                for field, value in found.items()
                if fields is None or field in fields
            }
            pages[partition] = Page(epochs.get(f"{partition}/changes", "0").encode(), values)
        return pages

    def look_up(self, tenant: str, places: Sequence[tuple[int, Field]]) -> list[Kept | None]:
        values = [self._hash(tenant, f"contacts:{partition}").get(field) for partition, field in places]
        return [None if value is None else decode_kept(value.encode()) for value in values]

    def run(self, script: Script, keys: list[str], arguments: list[Any], *, replicated: bool = True) -> Any:
        words = [word.decode() if isinstance(word, bytes) else str(word) for word in arguments]
        answer = self._reach().server.run(script.text, keys, words)
        return [word.encode() for word in answer] if isinstance(answer, list) else _as_redis_gives(answer)

    def _run_all(
        self, script: Script, commands: Sequence[tuple[list[str], list[Any]]], *, replicated: bool = True
    ) -> list[Any]:
        return [self.run(script, keys, arguments) for keys, arguments in commands]

    def first_said(self, tenant: str, name: str, field: str, value: str) -> str:
        return self._reach().server.data.setdefault(self.key(tenant, name), {}).setdefault(field, value)

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


def _as_redis_gives(answer: str | float) -> bytes | int:
    return answer.encode() if isinstance(answer, str) else int(answer)


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
        if self._shipping.waits and not self._retries:
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
