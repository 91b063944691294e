"""Futures as pykka has them, on threads and on trio alike."""

from __future__ import annotations

import asyncio
import queue
import threading
import traceback
from typing import Any

import pykka
import pytest

from tests.runtime.kernel.runtimes import PATIENCE, RUNTIMES, Runtime


@pytest.fixture(params=RUNTIMES, ids=lambda runtime: runtime.name)
def future(request: pytest.FixtureRequest) -> pykka.Future[Any]:
    runtime: Runtime = request.param
    return runtime.future()


def another(future: pykka.Future[Any]) -> pykka.Future[Any]:
    return type(future)()


def test_get_returns_what_was_set_as_often_as_asked(future: pykka.Future[Any]) -> None:
    future.set("value")

    assert future.get() == "value"
    assert future.get(timeout=0) == "value"


def test_get_waits_for_another_thread(future: pykka.Future[Any]) -> None:
    threading.Timer(0.02, future.set, args=["late"]).start()

    assert future.get(timeout=PATIENCE) == "late"


@pytest.mark.parametrize("timeout", [0, 0.01])
def test_get_gives_up_after_its_timeout(future: pykka.Future[Any], timeout: float) -> None:
    with pytest.raises(pykka.Timeout, match=f"{timeout} seconds"):
        future.get(timeout=timeout)


def test_a_future_is_set_once(future: pykka.Future[Any]) -> None:
    future.set(1)

    with pytest.raises(queue.Full):
        future.set(2)
    with pytest.raises(queue.Full):
        future.set_exception((ValueError, ValueError(), None))
    with pytest.raises(queue.Full):
        future.set_get_hook(lambda _timeout: 3)
    assert future.get() == 1


def test_an_exception_is_raised_with_the_traceback_it_was_set_with(future: pykka.Future[Any]) -> None:
    def where_it_happened() -> None:
        raise NameError("here")

    try:
        where_it_happened()
    except NameError:
        future.set_exception()

    for _ in range(3):
        with pytest.raises(NameError, match="here") as caught:
            future.get()
        names = [frame.name for frame in traceback.extract_tb(caught.tb)]
        assert names.count("where_it_happened") == 1


def test_an_exception_may_be_given_as_a_class(future: pykka.Future[Any]) -> None:
    future.set_exception((KeyError, None, None))

    with pytest.raises(KeyError):
        future.get()


def test_a_future_may_hold_a_future(future: pykka.Future[Any]) -> None:
    inner = another(future)
    inner.set("inner")
    future.set(inner)

    assert future.get().get() == "inner"


def test_get_all_waits_for_each(future: pykka.Future[Any]) -> None:
    second = another(future)
    future.set(1)
    second.set(2)

    assert pykka.get_all([future, second]) == [1, 2]
    assert pykka.get_all([future, second], timeout=0) == [1, 2]


def test_get_all_gives_up_after_its_timeout(future: pykka.Future[Any]) -> None:
    with pytest.raises(pykka.Timeout):
        pykka.get_all([future], timeout=0)


def test_a_get_hook_is_called_with_the_timeout_and_once(future: pykka.Future[Any]) -> None:
    timeouts: list[float | None] = []
    future.set_get_hook(timeouts.append)

    assert future.get(timeout=3) is None
    assert future.get(timeout=4) is None

    assert timeouts == [3]


def test_a_future_with_a_get_hook_takes_no_value(future: pykka.Future[Any]) -> None:
    future.set_get_hook(lambda _timeout: "hooked")

    with pytest.raises(queue.Full):
        future.set("value")
    with pytest.raises(queue.Full):
        future.set_exception((ValueError, ValueError(), None))
    assert future.get() == "hooked"


def test_map_filter_reduce_and_join_derive_futures(future: pykka.Future[Any]) -> None:
    second = another(future)
    doubled = future.map(lambda numbers: [2 * number for number in numbers])
    large = future.filter(lambda number: number > 1)
    total: pykka.Future[int] = future.reduce(lambda x, y: x + y, 100)
    both = future.join(second)
    future.set([1, 2, 3])
    second.set("second")

    assert doubled.get(timeout=0) == [2, 4, 6]
    assert large.get(timeout=0) == [2, 3]
    assert total.get(timeout=0) == 106
    assert both.get(timeout=0) == [[1, 2, 3], "second"]
    assert repr(doubled) == "<pykka.Future>"


def test_a_derived_future_calls_its_function_once(future: pykka.Future[Any]) -> None:
    calls: list[int] = []
    derived = future.map(calls.append)
    future.set(1)

    derived.get()
    derived.get()

    assert calls == [1]


def test_a_derived_future_waits_no_longer_than_its_timeout(future: pykka.Future[Any]) -> None:
    for derived in (
        future.map(str),
        future.filter(bool),
        future.reduce(lambda x, y: x + y),
        future.join(another(future)),
    ):
        with pytest.raises(pykka.Timeout):
            derived.get(timeout=0)


def test_filter_and_reduce_want_an_iterable(future: pykka.Future[Any]) -> None:
    kept = future.filter(bool)
    reduced: pykka.Future[int] = future.reduce(lambda x, y: x + y)
    future.set(1)

    with pytest.raises(TypeError):
        kept.get(timeout=0)
    with pytest.raises(TypeError):
        reduced.get(timeout=0)


def test_a_future_that_is_set_can_be_awaited_in_asyncio(future: pykka.Future[Any]) -> None:
    async def read() -> Any:
        return await future

    future.set("awaited")

    assert asyncio.run(read()) == "awaited"
