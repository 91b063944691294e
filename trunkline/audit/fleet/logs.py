"""Read the logs of several daemons in the order of their times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import merge

import msgspec

from runtime.errors import LogNotAudited
from runtime.file_errors import why
from trunkline.audit.fleet.judge import FleetAudit
from trunkline.audit.fleet.line import FleetLine
from trunkline.audit.reading import LogReader
from trunkline.audit.report import Report


class DaemonLogs:
    """Several logs, each of one daemon; a line's number tells its log as well."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._readers = [LogReader() for _ in paths]

    def __iter__(self) -> Iterator[FleetLine]:
        logs = [self._log(daemon) for daemon in range(len(self._paths))]
        return merge(*logs, key=lambda line: line.time)

    def _log(self, daemon: int) -> Iterator[FleetLine]:
        path, count = self._paths[daemon], len(self._paths)
        try:
            with open(path, "rb") as file:
                for line in self._readers[daemon].read(file):
                    number = line.number * count + daemon
                    yield FleetLine(daemon, number, line.time, line.event, line.text)
        except OSError as error:
            raise LogNotAudited(f"can't be read: {why(error, reading=True)}", path=path) from error
        except LogNotAudited as error:
            raise LogNotAudited(error.reason, line=error.line, path=path) from error

    def place(self, line: int) -> tuple[str, int]:
        """Tell the file of a line, and its number there."""
        number, daemon = divmod(line, len(self._paths))
        return self._paths[daemon], number

    @property
    def unknown(self) -> dict[str, int]:
        """Count the events of no known type, by name."""
        counts = Counter[str]()
        for reader in self._readers:
            counts.update(reader.unknown)
        return dict(sorted(counts.items()))


def audit_fleet(paths: Sequence[str], *, most: int = 10) -> tuple[Report, DaemonLogs]:
    """Audit the logs of daemons that shared limits or contacts, one file each.

    Raises LogNotAudited with the line's place where one can't be read.
    """
    logs, audit = DaemonLogs(paths), FleetAudit(most)
    for line in logs:
        try:
            audit.feed(line)
        except msgspec.ValidationError as error:
            path, at = logs.place(line.number)
            raise LogNotAudited(f"{line.event.event}: {error}", line=at, path=path) from error
    report = audit.finish()
    if not report.runs:
        raise LogNotAudited("there is no event of an engine's start in it", path=paths[0])
    return msgspec.structs.replace(report, unknown=logs.unknown), logs
