"""The arbiter's process, as a test starts and asks it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import msgspec

from tests.arbiter.__main__ import Terms

ROOT = Path(__file__).parents[2]


class ArbiterProcess:
    """An arbiter that listens on `socket`."""

    def __init__(self, socket: str, process: subprocess.Popen[str]) -> None:
        self.socket = socket
        self._process = process

    def report(self) -> dict[str, Any]:
        """Ask what it has seen so far."""
        self._stdin.write("report\n")
        self._stdin.flush()
        report: dict[str, Any] = json.loads(self._stdout.readline())
        return report

    @property
    def _stdin(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def __enter__(self) -> ArbiterProcess:
        assert self._stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=20)


def arbiter_process(folder: Path, terms: Terms) -> ArbiterProcess:
    """Start an arbiter; a context manager that ends it."""
    socket = str(folder / "arbiter")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.arbiter", socket, msgspec.json.encode(terms).decode()],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return ArbiterProcess(socket, process)
