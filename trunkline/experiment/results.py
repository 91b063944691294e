"""The result files of an experiment, one a run, named by its fingerprint."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import msgspec

from trunkline.experiment.work import RunOutcome


class Results:
    """A folder of result files; a file is there whole or not at all.

    `told` hears of files that somebody else has damaged: their runs are made
    again.
    """

    def __init__(
        self, folder: str | os.PathLike[str], *, told: Callable[[str], None] = warnings.warn
    ) -> None:
        self.folder = Path(folder)
        self._told = told

    def open(self) -> None:
        """Make the folder, and see that files can be made in it; raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=self.folder).close()

    def has(self, fingerprint: str) -> bool:
        """Tell whether there is a file of a run's outcome."""
        return self._path(fingerprint).is_file()

    def read(self, fingerprint: str) -> RunOutcome | None:
        """Return a run's outcome; None where there is none, or only a damaged one."""
        path = self._path(fingerprint)
        try:
            outcome = msgspec.json.decode(path.read_bytes(), type=RunOutcome)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            self._told(f"{path} is damaged, so its run is made again: {error}")
            return None
        if outcome.fingerprint != fingerprint:
            self._told(f"{path} holds the run {outcome.fingerprint}, so its own is made again")
            return None
        return outcome

    def keep(self, outcome: RunOutcome) -> None:
        """Write a run's outcome; raises OSError."""
        path = self._path(outcome.fingerprint)
        path.parent.mkdir(parents=True, exist_ok=True)  # it may have been taken away meanwhile
        partial = path.with_suffix(f".{os.getpid()}.part")
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(outcome), indent=1))
        os.replace(partial, path)

    def _path(self, fingerprint: str) -> Path:
        return self.folder / f"{fingerprint}.json"
