"""The side file of a journal: who owns it, and what it had made durable last.

The lock is flock's: it goes with the process, however that ends. What the
file says was durable is a witness: it is written after each commit, so it is
never ahead of a journal that has lost nothing.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from runtime.errors import JournalError, JournalInUse


class Owner:
    """Hold a journal's side file locked; raises JournalInUse where another process does."""

    def __init__(self, journal: Path) -> None:
        self.path = Path(f"{journal}-owner")
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise JournalError(str(journal), f"it can't be written: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            known = _parse(os.pread(self._file, 200, 0))
            os.close(self._file)
            raise JournalInUse(str(journal), None if known is None else known[0]) from None
        known = _parse(os.pread(self._file, 200, 0))
        self.seen = (0, "") if known is None else known[1:]
        """The position and sum that were durable when it was last owned."""
        self.witness(*self.seen)

    def witness(self, position: int, digest: str) -> None:
        """Note what is durable; what can't be noted is left as it was."""
        if self._file < 0:
            return
        line = f"{os.getpid():>10} {position:>19} {digest or '-':>32}"
        with suppress(OSError):
            os.pwrite(self._file, f"{line} {crc32(line.encode()):08x}\n".encode(), 0)

    def close(self) -> None:
        """Let the journal go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def witnessed(journal: Path) -> tuple[int, str]:
    """Tell what a journal's side file says was durable; (0, "") without one."""
    try:
        known = _parse(Path(f"{journal}-owner").read_bytes())
    except OSError:
        known = None
    return (0, "") if known is None else known[1:]


def _parse(data: bytes) -> tuple[int, int, str] | None:
    """Read pid, position and sum; None for what was never whole."""
    with suppress(ValueError):
        line, _, check = data.decode("ascii").rstrip("\n").rpartition(" ")
        if int(check, 16) == crc32(line.encode()):
            pid, position, digest = line.split()
            return int(pid), int(position), "" if digest == "-" else digest
    return None
