"""Proxies as pykka has them, on threads and on trio alike."""

from __future__ import annotations

from typing import Any

import pykka
import pytest

from tests.runtime.kernel.runtimes import PATIENCE, Runtime


class Shelf:
    """An attribute whose own methods are open to proxies."""

    pykka_traversable = True

    def __init__(self) -> None:
        self.books = ["one"]

    def add(self, book: str) -> int:
        self.books.append(book)
        return len(self.books)


class Librarian(pykka.Actor):
    """Has something of everything a proxy can reach."""

    name = "Ada"

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.heard: list[str] = []

    def hear(self, word: str, *, loud: bool = False) -> str:
        self.heard.append(word)
        return word.upper() if loud else word

    def fail(self) -> None:
        raise LookupError("no such book")

    def ask_itself(self) -> Any:
        return self.actor_ref.proxy().hear("to myself")


def proxy(runtime: Runtime) -> Any:
    kind: Any = type("LibrarianOf", (Librarian, runtime.actor), {})
    return kind.start().proxy()


def test_a_method_is_called_in_the_actor_and_answers_with_a_future(runtime: Runtime) -> None:
    future = proxy(runtime).hear("hush", loud=True)

    assert isinstance(future, runtime.future)
    assert future.get(timeout=PATIENCE) == "HUSH"


def test_an_exception_of_a_method_is_raised_by_get(runtime: Runtime) -> None:
    with pytest.raises(LookupError, match="no such book"):
        proxy(runtime).fail().get(timeout=PATIENCE)


def test_defer_asks_for_no_answer(runtime: Runtime) -> None:
    librarian = proxy(runtime)

    librarian.hear.defer("quietly")

    assert librarian.heard.get(timeout=PATIENCE) == ["quietly"]


def test_attributes_are_read_and_written(runtime: Runtime) -> None:
    librarian = proxy(runtime)
    librarian.name = "Grace"

    assert librarian.name.get(timeout=PATIENCE) == "Grace"


def test_a_traversable_attribute_is_a_proxy_itself(runtime: Runtime) -> None:
    librarian = proxy(runtime)

    assert librarian.shelf.add("two").get(timeout=PATIENCE) == 2
    assert librarian.shelf.books.get(timeout=PATIENCE) == ["one", "two"]


def test_an_actor_may_send_to_itself_by_proxy(runtime: Runtime) -> None:
    librarian = proxy(runtime)

    assert librarian.ask_itself().get(timeout=PATIENCE).get(timeout=PATIENCE) == "to myself"


def test_an_attribute_that_is_not_there_is_named(runtime: Runtime) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        proxy(runtime).nonsense  # noqa: B018


def test_a_dead_actor_has_no_proxy(runtime: Runtime) -> None:
    librarian = proxy(runtime)
    librarian.actor_ref.stop()

    with pytest.raises(pykka.ActorDeadError):
        librarian.actor_ref.proxy()
    with pytest.raises(pykka.ActorDeadError):
        librarian.hear("anybody?").get(timeout=PATIENCE)
