from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from runtime.observe.events import CampaignPaused


class SetClock:
    """A clock that stands where the test puts it."""

    def __init__(self, time: float) -> None:
        self.now = time

    def time(self) -> float:
        return self.now


class Disk(io.RawIOBase):
    """An unbuffered file on a disk with so many bytes left."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.content = b""

    def write(self, data: Any, /) -> int:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        taken = bytes(data[: self.room])
        self.content += taken
        self.room -= len(taken)
        return len(taken)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1767571200.0)  # 2026-01-05T00:00:00Z


@pytest.fixture
def disk() -> Callable[[int], Disk]:
    return Disk


@pytest.fixture
def paused() -> CampaignPaused:
    return CampaignPaused(tenant="acme", campaign="spring", by="operator", reason="lunch")
