"""Keep room on the disk for the last outcomes.

Dialing stops at a floor of free space, before the disk is full. For the case
that somebody else fills it in between, a ballast file holds room for the ends
of the calls in progress; it is deleted when the disk is full.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FLOOR_BYTES = 16 * 1024 * 1024
BALLAST_BYTES = 1024 * 1024


class Space:
    """The room on a journal's disk; on a small one floor and ballast are small too."""

    def __init__(self, journal: Path) -> None:
        self._folder = journal.parent
        self._ballast = Path(f"{journal}-ballast")
        status = os.statvfs(self._folder)
        size = status.f_blocks * status.f_frsize
        self.floor = min(FLOOR_BYTES, size // 16)
        self.ballast = min(BALLAST_BYTES, size // 32)

    @property
    def free(self) -> int:
        """Count the bytes that may still be written."""
        status = os.statvfs(self._folder)
        return status.f_bavail * status.f_frsize

    def shortage(self) -> str | None:
        """Say why dialing should stop; None while there is room."""
        try:
            free = self.free
        except OSError as error:
            return f"the free space of {self._folder} can't be told: {error.strerror}"
        if free >= self.floor:
            return None
        return (
            f"the disk is nearly full: {_size(free)} free, {_size(self.floor)} are kept for calls in progress"
        )

    @property
    def ample(self) -> bool:
        """Tell whether there is room to dial again, some above the floor."""
        return self.free >= self.floor + self.floor // 4

    def lay_in(self) -> None:
        """Make the ballast, where there is room for it."""
        with suppress(OSError):
            if self._ballast.exists() and self._ballast.stat().st_size == self.ballast:
                return
            if self.free < self.floor + self.ballast:
                return
            with self._ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(1, self.ballast))

    def drop(self) -> None:
        """Give the ballast's room to the journal."""
        with suppress(OSError):
            self._ballast.unlink()


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MiB"
