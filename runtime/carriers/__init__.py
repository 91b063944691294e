"""Carriers by name: the adapters that place calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.calls import E164
from runtime.carriers.base import Carrier, Line, Report, Timekeeper
from runtime.carriers.changes import check_number
from runtime.carriers.instant import InstantLine
from runtime.carriers.options import (
    BadOption,
    NumberOptions,
    SimulatedOptions,
    read_number_options,
    read_options,
)
from runtime.carriers.simulated import SimulatedLine
from runtime.carriers.tally import CarrierStatistics, Tally
from runtime.carriers.tasks import TaskLine

__all__ = [
    "CARRIERS",
    "BadOption",
    "Carrier",
    "CarrierStatistics",
    "InstantLine",
    "Line",
    "NumberOptions",
    "Report",
    "SimulatedLine",
    "SimulatedOptions",
    "Tally",
    "TaskLine",
    "build_line",
    "check_number",
    "read_number_options",
    "read_options",
]

CARRIERS = ("instant", "simulated")
"""The names that a connection's `carrier` can have; an application's own comes as a `TaskLine`."""


def build_line(
    carrier: str,
    system: Timekeeper,
    *,
    seed: int | str,
    options: Mapping[str, Any] | None = None,
    numbers: Mapping[E164, Mapping[str, Any]] | None = None,
    time_scale: float = 1.0,
    tally: Tally | None = None,
) -> Line:
    """Make the line of a connection by its carrier's name.

    `options` is the connection's table of options, `numbers` those of its
    numbers. Raises BadOption, with `option` "carrier" for an unknown name.
    """
    if carrier == "simulated":
        return SimulatedLine(
            system,
            seed=seed,
            options=read_options(options or {}),
            numbers={number: read_number_options(values) for number, values in (numbers or {}).items()},
            time_scale=time_scale,
            tally=tally,
        )
    if carrier == "instant":
        for name in options or numbers or ():
            raise BadOption(name, "the instant carrier has no options")
        return InstantLine(system)
    raise BadOption("carrier", f"{carrier!r} is unknown; there are {', '.join(CARRIERS)}")
