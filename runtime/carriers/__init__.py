"""Carriers by name: the adapters that place calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runtime.calls import E164
from runtime.carriers.base import Carrier, Line, Report
from runtime.carriers.changes import check_number
from runtime.carriers.instant import InstantLine
from runtime.carriers.options import BadOption, Episode, NumberOptions, SimulatedOptions
from runtime.carriers.simulated import SimulatedLine
from runtime.carriers.tally import CarrierStatistics, NoTally, Tally
from runtime.carriers.tasks import TaskLine
from runtime.carriers.timers import Timekeeper
from runtime.kernel import ActorSystem

__all__ = [
    "SIMULATED",
    "BadOption",
    "Carrier",
    "CarrierStatistics",
    "Episode",
    "InstantLine",
    "Line",
    "NumberOptions",
    "Report",
    "SimulatedLine",
    "SimulatedOptions",
    "Tally",
    "TaskLine",
    "Timekeeper",
    "build_line",
    "check_number",
]

SIMULATED = "simulated"
"""The carrier that is always there."""


def build_line(
    carrier: str,
    system: ActorSystem,
    *,
    seed: int | str,
    carriers: Mapping[str, Carrier] | None = None,
    options: SimulatedOptions | None = None,
    numbers: Mapping[E164, NumberOptions] | None = None,
    episodes: Sequence[Episode] = (),
    time_scale: float = 1.0,
    tally: Tally | None = None,
) -> Line:
    """Make the line of a connection by its carrier's name.

    `carriers` are the application's own by name; all that follows is the
    simulated one's, which counts calls only where a `tally` is given. Raises
    BadOption, with `option` "carrier", for a name that is neither, or for
    rates of a number that can't be together.
    """
    if carrier == SIMULATED:
        return SimulatedLine(
            system,
            seed=seed,
            options=options,
            numbers=numbers,
            episodes=episodes,
            time_scale=time_scale,
            tally=tally or NoTally(),
        )
    own = carriers or {}
    if carrier not in own:
        raise BadOption("carrier", f"{carrier!r} is unknown; there are {', '.join((SIMULATED, *own))}")
    return TaskLine(own[carrier], system)
