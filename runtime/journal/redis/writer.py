"""The thread that speaks to Redis, so that nobody on the loop waits for it."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import Empty
from typing import Any

import msgspec
import pykka

from runtime.journal.redis.shipping import Shipping

RETRY_SECONDS = 0.5


class Retry(msgspec.Struct, frozen=True, gc=False):
    """See whether Redis is back."""


class RedisWriter(pykka.ThreadingActor):
    """The only one of a daemon that writes its contacts to Redis: all that waits at once."""

    use_daemon_thread = True

    def __init__(self, shipping: Shipping) -> None:
        super().__init__()
        self._shipping = shipping
        self._retry: threading.Timer | None = None

    def on_stop(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
        self._shipping.go_on()

    def on_receive(self, message: Any) -> None:
        """Take in all that has been said, then write."""
        shipping = self._shipping
        again = self._take_in(message)
        inbox: Any = self.actor_inbox  # a queue.Queue; pykka promises less
        while True:
            try:
                envelope = inbox.get_nowait()
            except Empty:
                break
            if isinstance(envelope.message, msgspec.Struct):
                again = self._take_in(envelope.message) or again
            else:
                shipping.go_on()
                response = self._handle_receive(envelope.message)
                if envelope.reply_to is not None:
                    envelope.reply_to.set(response)
        if again or not shipping.silent:
            shipping.go_on()
        if shipping.waits and self._retry is None:
            self._retry = threading.Timer(RETRY_SECONDS, self._remind)
            self._retry.daemon = True
            self._retry.start()

    def _take_in(self, message: Any) -> bool:
        """Take a message in; True where Redis is to be tried again."""
        if isinstance(message, Retry):
            self._retry = None
            return True
        self._shipping.take_in(message)
        return False

    def _remind(self) -> None:
        with suppress(pykka.ActorDeadError):
            self.actor_ref.tell(Retry())
