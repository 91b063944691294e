"""A wall clock that a test steps under a running server.

Debian's libfaketime hangs redis-server, hence a small library of our own.
"""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("stepped_clock.c")


class SteppedClock:
    """The step that a server's wall clock is off by, in seconds; 0 at first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._library = folder / "stepped_clock.so"
        self._file = folder / "step"
        self.set(0.0)
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", self._library, SOURCE], check=True
        )

    def set(self, seconds: float) -> None:
        """Step the clock to this far from the true one."""
        content = struct.pack("=q", round(seconds * 1e6))
        if not self._file.exists():
            self._file.write_bytes(content)
            return
        with self._file.open("r+b", buffering=0) as file:  # in place: the server has it mapped
            file.write(content)

    def environment(self, folder: Path) -> dict[str, str]:
        """Give what a process that starts in a folder needs to live by this clock."""
        # A space would end the library's name; between two folders of one test there is none.
        library = os.path.relpath(self._library.resolve(), folder.resolve())
        return {**os.environ, "LD_PRELOAD": library, "STEPPED_CLOCK": str(self._file)}
