"""Hear at once that there is something to be read, rather than at the next look.

A nudge says nothing but that: what there is to know is read from the ledger,
which says so in each of its answers. So one that is lost, late or repeated
costs time, and nothing else; nobody waits for one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import redis
from redis.exceptions import RedisClusterException

from runtime.errors import NoActorSystem
from runtime.redis.client import Servers

LISTEN_SECONDS = 0.5
"""How long is listened before it is seen whether to go on."""

PROBE_SECONDS = 10.0
"""How often a silent server is asked whether it is there."""

PAUSE_SECONDS = 1.0
"""How long a server that has failed is left alone."""

GONE = (redis.RedisError, RedisClusterException, OSError)


def channel_of(namespace: str) -> str:
    """Name what those who share a namespace listen to."""
    return f"trunkline:{quote(namespace, safe='')}:nudges"


def nudge(servers: Servers, namespace: str) -> None:
    """Nudge everybody who listens; nobody need hear it, so nothing is raised."""
    channel = channel_of(namespace)
    with suppress(*GONE):
        servers.client(channel).publish(channel, "")


class Nudges:
    """A thread that listens, with a connection of its own.

    `call_soon(function)` runs a function on the loop, from any thread; it may
    raise NoActorSystem once that has ended.
    """

    def __init__(self, servers: Servers, namespace: str, call_soon: Callable[..., None]) -> None:
        self._servers = servers
        self._channel = channel_of(namespace)
        self._call_soon = call_soon
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def hear(self, nudged: Callable[[], None]) -> None:
        """Begin to listen: `nudged` is called on the loop."""
        self._thread = threading.Thread(target=self._listen, args=(nudged,), name="nudges", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more; the thread ends by itself."""
        self._closed.set()

    def _listen(self, nudged: Callable[[], None]) -> None:
        while not self._closed.is_set():
            try:
                self._listen_to_one(nudged)
            except NoActorSystem:
                break
            except GONE:
                self._servers.look_again()
                self._closed.wait(PAUSE_SECONDS)
        with suppress(*GONE):
            self._servers.close()

    def _listen_to_one(self, nudged: Callable[[], None]) -> None:
        """Listen to the server that there is now, until it is gone or silent."""
        with self._servers.client(self._channel).pubsub() as subscription:
            subscription.subscribe(self._channel)
            silent = 0.0
            while not self._closed.is_set():
                said: Any = subscription.get_message(timeout=LISTEN_SECONDS)
                silent = silent + LISTEN_SECONDS if said is None else 0.0
                if said is not None and said["type"] in ("message", "subscribe"):
                    self._call_soon(nudged)  # what was said before it listened may be news
                elif silent == PROBE_SECONDS:
                    subscription.ping()
                elif silent > 2 * PROBE_SECONDS:
                    raise ConnectionError("it doesn't answer")
