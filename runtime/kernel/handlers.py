"""Which method of an EngineActor handles which message, by its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

A = TypeVar("A")
M = TypeVar("M")
T = TypeVar("T")

Handler = Callable[[Any, Any], Any]
"""What a receiver does with a message: called with both."""

_MARK = "_handles"


@overload
def handles(first: type[M], /) -> Callable[[Callable[[A, M], T]], Callable[[A, M], T]]: ...
@overload
def handles(
    first: type[Any], second: type[Any], /, *others: type[Any]
) -> Callable[[Callable[[A, Any], T]], Callable[[A, Any], T]]: ...
def handles(*types: type[Any]) -> Callable[[Callable[[A, Any], T]], Callable[[A, Any], T]]:
    """Mark a method as the handler of messages of these types.

    A subclass's method of the same name takes its place, marked or not; one
    of another name takes it by handling the same type. Messages of a subclass
    of a type go to the nearest type that is handled, and what nobody handles
    goes to `on_receive`.
    """
    if not types or not all(isinstance(each, type) for each in types):
        raise TypeError("handles() takes the types of messages, as in @handles(Reserve)")

    def mark(method: Callable[[A, Any], T]) -> Callable[[A, Any], T]:
        setattr(method, _MARK, types)
        return method

    return mark


def handled_types(cls: type) -> dict[type, Handler]:
    """Collect the handlers of a class and its bases; raises TypeError for two of one type."""
    names: dict[type, str] = {}
    for base in reversed(cls.__mro__):
        own: dict[type, str] = {}
        for name, method in vars(base).items():
            for message_type in getattr(method, _MARK, ()):
                if message_type in own:
                    raise TypeError(
                        f"{base.__name__}.{own[message_type]} and {base.__name__}.{name}"
                        f" both handle {message_type.__name__}: leave it to one of them"
                    )
                own[message_type] = name
        names.update(own)
    return {message_type: getattr(cls, name) for message_type, name in names.items()}


class HandlerTable(dict[type, Handler]):
    """Handlers by the exact type of message; others are looked up once."""

    def __init__(self, handlers: dict[type, Handler], otherwise: Handler) -> None:
        super().__init__(handlers)
        self._otherwise = otherwise

    def __missing__(self, message_type: type) -> Handler:
        for base in message_type.__mro__[1:]:
            handler: Handler | None = self.get(base)
            if handler is not None:
                break
        else:
            handler = self._otherwise
        self[message_type] = handler
        return handler


class OneHandler(dict[type, Handler]):
    """One handler for all types, save for those given."""

    def __init__(self, otherwise: Handler, handlers: dict[type, Any] | None = None) -> None:
        super().__init__(handlers or {})
        self._otherwise = otherwise

    def __missing__(self, _message_type: type) -> Handler:
        return self._otherwise
