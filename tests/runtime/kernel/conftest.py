"""Fixtures of the kernel's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pykka
import pytest

from tests.runtime.kernel.runtimes import RUNTIMES, Diary, Runtime


@pytest.fixture(params=RUNTIMES, ids=lambda runtime: runtime.name)
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """One of the runtimes, running; all its actors are stopped afterwards."""
    chosen: Runtime = request.param
    with chosen.running():
        yield chosen
        pykka.ActorRegistry.stop_all()


@pytest.fixture
def diary() -> Diary:
    return Diary()
