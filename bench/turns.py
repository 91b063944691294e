"""Measure several ways of doing the same in turns: A B C, A B C, …"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

import msgspec


class Turn(msgspec.Struct, frozen=True, gc=False):
    """What one turn of one way took, in seconds."""

    wall: float
    cpu: float


class Turns(msgspec.Struct, frozen=True):
    """All turns of one way."""

    turns: list[Turn]

    @property
    def wall(self) -> float:
        """The median of seconds on the wall."""
        return median(turn.wall for turn in self.turns)

    @property
    def cpu(self) -> float:
        """The median of seconds on all cores."""
        return median(turn.cpu for turn in self.turns)

    def over(self, other: Turns) -> float:
        """Give the median of the ratios on the wall to the other's turns, pair by pair."""
        return median(mine.wall / theirs.wall for mine, theirs in zip(self.turns, other.turns, strict=True))

    def cpu_over(self, other: Turns) -> float:
        """Give the same of CPU seconds, which others on the machine disturb less."""
        return median(mine.cpu / theirs.cpu for mine, theirs in zip(self.turns, other.turns, strict=True))


class Stopwatch:
    """Times the part of a turn that counts: `with stopwatch: …`."""

    def __init__(self) -> None:
        self.turn: Turn | None = None
        self._began = (0.0, 0.0)

    def begin(self) -> None:
        """Start, with no garbage left over from what was before."""
        gc.collect()
        self._began = (time.perf_counter(), time.process_time())

    def end(self) -> None:
        """Stop."""
        wall, cpu = self._began
        self.turn = Turn(time.perf_counter() - wall, time.process_time() - cpu)

    def __enter__(self) -> None:
        self.begin()

    def __exit__(self, *_error: object) -> None:
        self.end()


def in_turns(ways: Mapping[str, Callable[[Stopwatch], object]], rounds: int) -> dict[str, Turns]:
    """Let each way have its turn, round after round; every other round backwards."""
    turns: dict[str, list[Turn]] = {name: [] for name in ways}
    names: Sequence[str] = list(ways)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            stopwatch = Stopwatch()
            ways[name](stopwatch)
            assert stopwatch.turn is not None, f"{name} has timed nothing"
            turns[name].append(stopwatch.turn)
    return {name: Turns(taken) for name, taken in turns.items()}
