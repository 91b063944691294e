"""The files that a run leaves besides its log: summary, tables, report."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from runtime.errors import ConfigError
from trunkline.config import Problem, RunTable
from trunkline.report import Timeline, render_report
from trunkline.report.library import NEEDED, is_installed
from trunkline.summary import Summary, SummaryCollector
from trunkline.summary.tables import write_tables


class Outputs:
    """Where a run's summary goes; made before the run, so that a wrong path is told then.

    No output may be one of the `inputs`, nor be named twice. Raises
    ConfigError.
    """

    def __init__(self, run: RunTable, inputs: Sequence[Path] = ()) -> None:
        self._summary = None if run.summary is None else Path(run.summary)
        self._tables = None if run.csv is None else Path(run.csv)
        self._report = None if run.report is None else Path(run.report)
        self.timeline = None if run.report is None else Timeline()
        """What the report is drawn from: a sink of the run; None without a report."""
        named = {"--summary": self._summary, "--report": self._report, "--csv": self._tables}
        problems = [
            *_taken(named, None if run.log_file in (None, "-") else Path(str(run.log_file)), inputs),
            *_unwritable_file("--summary", self._summary),
            *_unwritable_file("--report", self._report),
            *([Problem(NEEDED)] if self._report is not None and not is_installed() else []),
            *_unwritable_folder("--csv", self._tables),
        ]
        if problems:
            raise ConfigError(problems)

    def write(self, summary: Summary, counted: SummaryCollector) -> list[str]:
        """Write every file that was asked for; say which could not be, and why."""
        failures: list[str] = []
        if self._summary is not None:
            data = msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"
            failures += _attempt(self._summary, lambda path: _replace(path, data))
        if self._tables is not None:
            failures += _attempt(self._tables, lambda path: write_tables(summary, path))
        if self._report is not None and self.timeline is not None:
            page = render_report(summary, self.timeline, counted).encode("utf-8", "backslashreplace")
            failures += _attempt(self._report, lambda path: _replace(path, page))
        return failures


def _attempt(path: Path, write: Callable[[Path], None]) -> list[str]:
    try:
        write(path)
    except OSError as error:
        return [f"{path} can't be written: {error.strerror or error}"]
    return []


def _replace(path: Path, data: bytes) -> None:
    """Write a file as a whole: readers see the old one or the new one."""
    if path.exists() and not path.is_file():  # a device or a pipe has no old and new
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _taken(named: Mapping[str, Path | None], log: Path | None, inputs: Sequence[Path]) -> list[Problem]:
    """Refuse to write over what is read, or over another output."""
    taken = {path.resolve(): "is read by this run" for path in inputs}
    outputs = {"--log-file": log, **named}
    problems = []
    for option, path in outputs.items():
        if path is None:
            continue
        where = path.resolve()
        if where in taken:
            problems.append(Problem(f"{path} {taken[where]}; name another file", option))
        else:
            taken[where] = f"is {option} already"
    return problems


def _unwritable_file(option: str, path: Path | None) -> list[Problem]:
    if path is None:
        return []
    if path.is_dir():
        return [Problem(f"{path} is a folder; name a file in it", option)]
    if not path.parent.is_dir():
        return [Problem(f"there is no folder {path.parent}", option)]
    return []


def _unwritable_folder(option: str, path: Path | None) -> list[Problem]:
    if path is not None and path.exists() and not path.is_dir():
        return [Problem(f"{path} is a file; name a folder for the tables", option)]
    return []
