"""Run a function in a process of its own, and tell the memory that it took."""

from __future__ import annotations

import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def alone(function: Callable[..., T], *args: Any) -> tuple[T, float]:
    """Call `function(*args)` in a new Python; its result and peak memory in MiB."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_peak, function, args).result()


def _with_peak(function: Callable[..., T], args: tuple[Any, ...]) -> tuple[T, float]:
    return function(*args), peak_mib()


def peak_mib() -> float:
    """Tell the most memory that this process has held, in MiB.

    Linux keeps it for each program; `ru_maxrss` would count the parent's too.
    """
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
