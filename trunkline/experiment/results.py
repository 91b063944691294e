"""The result files of an experiment, one a run, named by its fingerprint."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from trunkline.experiment.work import RunOutcome


class Results:
    """A folder of result files; a file is there whole or not at all."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def read(self, fingerprint: str) -> RunOutcome | None:
        """Return a run's outcome; None where there is none that can be read."""
        try:
            return msgspec.json.decode(self._path(fingerprint).read_bytes(), type=RunOutcome)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def keep(self, outcome: RunOutcome) -> None:
        """Write a run's outcome; raises OSError."""
        path = self._path(outcome.fingerprint)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.part")
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(outcome), indent=1))
        os.replace(partial, path)

    def _path(self, fingerprint: str) -> Path:
        return self.folder / f"{fingerprint}.json"
