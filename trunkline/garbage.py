"""How often Python looks for cyclic garbage while a whole process dials."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000
"""Containers that are made before the young ones are looked through.

Python's own 700 are made by some ten attempts; an attempt leaves no cycles
behind, and is over long before so many others have begun.
"""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage seldom, and never among what was there before.

    For a process whose one job is a run: settings are the interpreter's, and
    are put back. An embedded engine leaves them to its application.
    """
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
