"""What the journal's disk does wrong at a time of a plan."""

from __future__ import annotations

from runtime.journal.simulated import DiskFaults
from tests.simulation.plan import Disk


def disk_faults(disk: Disk, now: float, *, healed: bool) -> DiskFaults:
    """Give the faults at a time, in seconds from the start; once healed it is only slow."""
    if healed:
        return DiskFaults(latency_seconds=disk.latency_seconds, batch_seconds=disk.batch_seconds)
    return DiskFaults(
        latency_seconds=disk.latency_seconds,
        batch_seconds=disk.batch_seconds,
        fail=disk.fail,
        fail_but_there=disk.fail_but_there,
        away=any(start <= now < start + seconds for start, seconds in disk.away),
        full=any(start <= now < start + seconds for start, seconds in disk.full),
    )
