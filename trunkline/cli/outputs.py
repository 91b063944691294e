"""The files that a run leaves besides its log: summary, tables, report."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from runtime.errors import ConfigError
from runtime.file_errors import why
from trunkline.config import Problem, RunTable
from trunkline.report import Timeline, render_report
from trunkline.report.library import NEEDED, is_installed
from trunkline.summary import Summary, SummaryCollector
from trunkline.summary.tables import write_tables

STANDARD_OUTPUT = "-"


class Outputs:
    """Where a run's summary goes; tried before the run, so that a wrong path is told then.

    The `journal` counts as one. No output may be one of the `inputs`, nor be named twice, and standard
    output takes one thing: the tables or `--json`, the log, the summary or
    the report. Raises ConfigError.
    """

    def __init__(
        self,
        run: RunTable,
        inputs: Sequence[Path] = (),
        *,
        journal: Path | None = None,
        as_json: bool = False,
    ) -> None:
        self._summary = None if run.summary is None else Path(run.summary)
        self._tables = None if run.csv is None else Path(run.csv)
        self._report = None if run.report is None else Path(run.report)
        self.timeline = None if run.report is None else Timeline()
        """What the report is drawn from: a sink of the run; None without a report."""
        log = None if run.log_file is None else Path(run.log_file)
        files = {
            "--journal": journal,
            "--log-file": log,
            "--summary": self._summary,
            "--report": self._report,
        }
        piped = [option for option, path in files.items() if _is_stdout(path)]
        self.stdout_taken = bool(piped)
        """Whether the tables have to stay away from standard output."""
        problems = [
            *_crowded(piped, as_json=as_json),
            *_taken({**files, "--csv": self._tables}, inputs),
            *(problem for option, path in files.items() for problem in _unwritable_file(option, path)),
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


def _is_stdout(path: Path | None) -> bool:
    return path is not None and str(path) == STANDARD_OUTPUT


def _attempt(path: Path, write: Callable[[Path], None]) -> list[str]:
    try:
        write(path)
    except BrokenPipeError:
        raise
    except OSError as error:
        return [f"{path} can't be written: {why(error)}"]
    return []


def _replace(path: Path, data: bytes) -> None:
    """Write a file as a whole: readers see the old one or the new one."""
    if _is_stdout(path):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    if path.exists() and not path.is_file():  # a device or a pipe has no old and new
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _crowded(piped: Sequence[str], *, as_json: bool) -> Iterator[Problem]:
    """Refuse a second thing on standard output; `--summary -` is what `--json` prints."""
    wanted = [*piped, *(["--json"] if as_json and "--summary" not in piped else [])]
    if piped and len(wanted) > 1:
        both = " and ".join(f"{one} {STANDARD_OUTPUT}" if one in piped else one for one in wanted)
        yield Problem(f"{both} would be mixed on standard output; name a file for all but one", wanted[0])


def _taken(outputs: Mapping[str, Path | None], inputs: Sequence[Path]) -> Iterator[Problem]:
    """Refuse to write over what is read, or over another output."""
    taken = {os.path.realpath(path): "is read by this run" for path in inputs}
    for option, path in outputs.items():
        if path is None or _is_stdout(path):
            continue
        where = os.path.realpath(path)
        if where in taken:
            yield Problem(f"{path} {taken[where]}; name another file", option)
        else:
            taken[where] = f"is {option} already"


def _unwritable_file(option: str, path: Path | None) -> Iterator[Problem]:
    """Try whether a file could be made there, and leave what is there as it is."""
    if path is None or _is_stdout(path):
        return
    if (unseen := _unseen(path)) is not None:
        yield Problem(f"{path} can't be written: {unseen}", option)
    elif path.is_dir():
        yield Problem(f"{path} is a folder; name a file in it", option)
    elif not path.parent.is_dir():
        yield Problem(f"there is no folder {path.parent}", option)
    elif not path.exists():
        yield from _untouchable(option, path.parent, path)
    elif path.is_file():
        try:
            path.open("ab").close()
        except OSError as error:
            yield Problem(f"{path} can't be written: {why(error)}", option)
        else:
            if option != "--log-file":  # all others are written beside it, or need files there
                yield from _untouchable(option, path.parent, path)


def _unwritable_folder(option: str, path: Path | None) -> Iterator[Problem]:
    if path is None:
        return
    if _is_stdout(path):
        yield Problem("the tables are several files; name a folder for them", option)
    elif (unseen := _unseen(path)) is not None:
        yield Problem(f"{path} can't be written: {unseen}", option)
    elif path.exists() and not path.is_dir():
        yield Problem(f"{path} is a file; name a folder for the tables", option)
    else:
        there = next(one for one in (path, *path.absolute().parents) if one.exists())
        if there.is_dir():
            yield from _untouchable(option, there, path)
        else:
            yield Problem(f"{there} is a file; {path} can't be a folder in it", option)


def _unseen(path: Path) -> str | None:
    """Say why it can't be seen what is at a path; None where it can, also that nothing is."""
    try:
        path.exists()
    except OSError as error:
        return why(error)
    return None


def _untouchable(option: str, folder: Path, path: Path) -> Iterator[Problem]:
    """Make a file in a folder and take it away again, to see whether that can be done."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=folder)
        os.close(descriptor)
        os.unlink(name)
    except OSError as error:
        yield Problem(f"{path} can't be written: {why(error)}", option)
