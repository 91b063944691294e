"""The machine's boot, and the time since: what a clock that is set can't change."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path


def boot_id() -> str | None:
    """Name the machine's boot; None where nobody tells."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None


def since_boot() -> float | None:
    """Return the seconds since the boot, suspended ones too."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return None if clock is None else time.clock_gettime(clock)
