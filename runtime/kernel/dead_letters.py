"""What becomes of messages to actors that have stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pykka import ActorDeadError
from pykka._envelope import Envelope
from pykka.messages import _ActorStop

from runtime.kernel.handlers import Handler, OneHandler


def refuse(envelope: Envelope[Any], actor: object) -> None:
    """Answer an envelope that its actor will not handle any more."""
    if envelope.reply_to is None:
        return
    if isinstance(envelope.message, _ActorStop):
        envelope.reply_to.set(None)
    else:
        error = ActorDeadError(f"{actor} stopped before handling the message")
        envelope.reply_to.set_exception((ActorDeadError, error, None))


def _drop(letters: DeadLetters, message: Any) -> None:
    letters.drop(message, "the actor")


class DeadLetters:
    """Receives what is sent to actors that have let go of their references."""

    _handlers: Mapping[type, Handler] = OneHandler(_drop)

    def __init__(self) -> None:
        self.dropped = 0

    def drop(self, message: Any, actor: object) -> None:
        """Count a message that came too late; refuse it if somebody waits."""
        self.dropped += 1
        if isinstance(message, Envelope):
            refuse(message, actor)

    def _crashed(self, _message: Any, exception: Exception, /) -> None:
        raise exception
