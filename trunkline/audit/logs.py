"""Audit the files of a log, oldest first."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import closing

import msgspec

from runtime.errors import LogNotAudited
from runtime.file_errors import why
from trunkline.audit.auditor import Audit
from trunkline.audit.reading import LogReader
from trunkline.audit.report import Report

STANDARD_INPUT = "-"


class Lines:
    """The lines of several files as one log; knows which file a line is of."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._begins: list[tuple[int, str]] = []
        self._count = 0

    def __iter__(self) -> Generator[bytes, None, None]:
        for path in self._paths:
            self._begins.append((self._count, "standard input" if path == STANDARD_INPUT else path))
            try:
                with closing(sys.stdin.buffer if path == STANDARD_INPUT else open(path, "rb")) as file:
                    for line in file:
                        self._count += 1
                        yield line
            except OSError as error:
                raise LogNotAudited(f"can't be read: {why(error, reading=True)}", path=path) from error

    def place(self, line: int) -> tuple[str, int]:
        """Tell the file of a line, and its number there."""
        before, path = max((begin for begin in self._begins if begin[0] < line), default=(0, self._paths[0]))
        return path, line - before


def audit_log(paths: Sequence[str], *, most: int = 10, complete: bool = False) -> tuple[Report, Lines]:
    """Audit a log in one or more files, "-" for standard input.

    Raises LogNotAudited with the line's place where it can't be read.
    """
    lines, reader = Lines(paths), LogReader()
    audit = Audit(most=most, complete=complete)
    try:
        with closing(iter(lines)) as source:
            for line in reader.read(source):
                audit.feed(line.number, line.time, line.event, line.text)
    except LogNotAudited as error:
        if error.line is None:
            raise
        path, number = lines.place(error.line)
        raise LogNotAudited(error.reason, line=number, path=path) from error
    report = audit.finish()
    if not report.runs:
        raise LogNotAudited("there is no event in it", path=paths[0])
    return msgspec.structs.replace(report, unknown=dict(sorted(reader.unknown.items()))), lines
