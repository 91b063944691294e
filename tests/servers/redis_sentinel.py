"""A Redis with a replica, watched by three Sentinels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis.exceptions import ConnectionError as ConnectionLost

from tests.servers.redis_server import RedisServer
from tests.servers.waiting import until

SERVICE = "dialing"
SENTINELS = 3


class WatchedRedis:
    """A master and its replica; the Sentinels promote the replica when the master is gone."""

    def __init__(self, master: RedisServer, replica: RedisServer, sentinels: list[RedisServer]) -> None:
        self.master = master
        self.replica = replica
        self.sentinels = sentinels

    @property
    def url(self) -> str:
        """Address it by its Sentinels."""
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}"

    def fail_over(self) -> None:
        """Kill the master and wait until the Sentinels have promoted its replica."""
        self.master.kill()
        until(self._is_promoted, "the Sentinels have promoted the replica")
        self.master, self.replica = self.replica, self.master

    def promote_and_lose(self) -> None:
        """Promote the replica without the writes of the last moments: the old master was cut off first."""
        with self.replica.client() as client:
            client.execute_command("REPLICAOF NO ONE")

    def _is_promoted(self) -> bool:
        try:
            with self.replica.client() as client:
                is_master = client.execute_command("ROLE")[0] == "master"
        except ConnectionLost:
            return False  # the Sentinels cut the connections of whom they promote
        return is_master and all(self._named_by(sentinel) == self.replica.port for sentinel in self.sentinels)

    def _named_by(self, sentinel: RedisServer) -> int:
        with sentinel.client() as client:
            return int(client.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)[1])


@contextmanager
def running_sentinel(folder: Path, *options: str) -> Iterator[WatchedRedis]:
    """Run master, replica and Sentinels while the block lasts; `options` are both servers'."""
    with ExitStack() as stack:
        master = stack.enter_context(RedisServer(folder / "master", options))
        replica = stack.enter_context(
            RedisServer(folder / "replica", [*options, f"replicaof 127.0.0.1 {master.port}"])
        )
        until(lambda: _is_in_step(replica), "the replica has the master's data")
        watch = [
            f"sentinel monitor {SERVICE} 127.0.0.1 {master.port} 2",
            f"sentinel down-after-milliseconds {SERVICE} 400",
            f"sentinel failover-timeout {SERVICE} 3000",
        ]
        sentinels = [
            stack.enter_context(RedisServer(folder / f"sentinel{place}", watch, sentinel=True))
            for place in range(SENTINELS)
        ]
        until(lambda: all(_sees_all(sentinel) for sentinel in sentinels), "the Sentinels see each other")
        yield WatchedRedis(master, replica, sentinels)


def _is_in_step(replica: RedisServer) -> bool:
    with replica.client() as client:
        return bool(client.execute_command("ROLE")[3] == "connected")


def _sees_all(sentinel: RedisServer) -> bool:
    with sentinel.client() as client:
        told = client.execute_command("INFO", "sentinel")
    state = told["master0"] if isinstance(told, dict) else {}
    return state.get("slaves") == 1 and state.get("sentinels") == SENTINELS
