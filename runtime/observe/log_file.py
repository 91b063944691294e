"""The file, pipe or terminal that the log's lines go to.

Unbuffered, each line has reached the operating system when `write` returns,
in one system call: nothing is done before its line is written. Buffered,
lines are gathered up to 256 KiB; that is for virtual time, where nobody acts
on a line.

What can't be written is kept in its order and tried again with each later
line, so that the log may lack its end but never has a hole. With 100,000
pieces kept the log is given up for good.
"""

from __future__ import annotations

import io
import os
import select
import stat
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from runtime.errors import LogError

BUFFER_BYTES = 256 * 1024
MOST_KEPT = 100_000


class BinaryStream(Protocol):
    """What a log can be written to; it may take a part only, and says how much."""

    def write(self, data: Any, /) -> int | None: ...


class LogFile:
    """Take whole lines and write them in order, without holes.

    `name` stands in errors. A stream given to the constructor belongs to the
    caller: it is neither closed nor reopened. Of a buffered binary stream
    (sys.stdout.buffer) the raw one below is used; flush it first.
    """

    def __init__(self, stream: BinaryStream, name: str, *, buffered: bool = False) -> None:
        self.name = name
        self.failure: LogError | None = None
        self._stream: BinaryStream = getattr(stream, "raw", stream)
        self._flush_stream = _flush_of(self._stream)
        self._path: Path | None = None
        self._buffered = buffered
        self._gathered: list[bytes] = []
        self._gathered_bytes = 0
        self._kept: deque[bytes] = deque()
        self._sent_of_first = 0
        self._given_up = False

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, buffered: bool = False, append: bool = True) -> LogFile:
        """Open a file by its path; when appending, a torn last line is closed.

        Raises LogError when it can't be opened.
        """
        where = Path(path)
        log_file = cls(_open(where, append=append), str(where), buffered=buffered)
        log_file._path = where
        return log_file

    def write(self, line: bytes) -> None:
        """Write a line that ends in a newline; the first failure raises LogError, later ones nothing."""
        if self._buffered:
            self._gathered.append(line)
            self._gathered_bytes += len(line)
            if self._gathered_bytes >= BUFFER_BYTES:
                self.flush()
            return
        self._keep(line)
        self._drain()

    debug = info = warning = error = critical = write

    def flush(self) -> None:
        """Write all that was gathered or kept; raise LogError as `write` does."""
        if self._gathered:
            self._keep(b"".join(self._gathered))
            self._gathered.clear()
            self._gathered_bytes = 0
        self._drain()

    def reopen(self) -> None:
        """Open the path anew, after a rotation has moved the file away.

        The line that broke off in the old file stands whole in the new one.
        Raises LogError, and goes on with the old file, when the new one can't
        be opened. Nothing to do for a stream.
        """
        if self._path is None:
            return
        self.flush()
        old, self._stream = self._stream, _open(self._path, append=True)
        self._flush_stream = _flush_of(self._stream)
        if self._sent_of_first:
            first = self._kept.popleft()
            self._kept.appendleft(first[first.rfind(b"\n", 0, self._sent_of_first) + 1 :])
            self._sent_of_first = 0
        _close(old)
        self._drain()

    def close(self) -> None:
        """Write what is left and close the file, if it is the log's own."""
        try:
            self.flush()
        finally:
            if self._path is not None:
                _close(self._stream)

    def _keep(self, piece: bytes) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._given_up = True
            self._kept.clear()
        if not self._given_up:
            self._kept.append(piece)

    def _drain(self) -> None:
        kept = self._kept
        try:
            while kept:
                piece = kept[0]
                sent = self._sent_of_first
                taken = self._stream.write(piece[sent:] if sent else piece)
                if taken is None:
                    _wait_until_writable(self._stream)
                elif sent + taken < len(piece):
                    self._sent_of_first = sent + taken
                else:
                    self._sent_of_first = 0
                    kept.popleft()
            if self._flush_stream is not None:
                self._flush_stream()
        except (OSError, ValueError) as error:
            if self.failure is None:
                self.failure = LogError(self.name, _reason(error))
                raise self.failure from error


def _open(path: Path, *, append: bool) -> BinaryStream:
    try:
        file = open(path, "ab" if append else "wb", buffering=0)  # noqa: SIM115 it stays open with the log
        try:
            if append:
                _close_torn_line(path, file)
        except OSError:
            file.close()
            raise
    except OSError as error:
        raise LogError(str(path), _reason(error)) from error
    return file


def _close_torn_line(path: Path, file: io.FileIO) -> None:
    """End a last line that a crash has left without its newline."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or status.st_size == 0:
        return
    with path.open("rb") as reader:
        reader.seek(-1, os.SEEK_END)
        if reader.read(1) != b"\n":
            file.write(b"\n")


def _flush_of(stream: BinaryStream) -> Callable[[], None] | None:
    return None if isinstance(stream, io.RawIOBase) else getattr(stream, "flush", None)


def _wait_until_writable(stream: BinaryStream) -> None:
    """Wait as a blocking pipe would; another process may have set ours to non-blocking."""
    poll = select.poll()
    poll.register(stream.fileno(), select.POLLOUT)  # type: ignore[attr-defined]  # only files answer None
    poll.poll()


def _close(stream: BinaryStream) -> None:
    close = getattr(stream, "close", None)
    if close is not None:
        close()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
