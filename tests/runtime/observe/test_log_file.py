from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import LogError
from runtime.observe import log_file
from runtime.observe.log_file import LogFile

FULL = Path("/dev/full")


def test_a_line_has_reached_the_system_when_write_returns(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    file = LogFile.open(path)

    file.write(b"one\n")

    assert path.read_bytes() == b"one\n"
    file.close()


def test_buffered_lines_are_written_together(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    file = LogFile.open(path, buffered=True)

    file.write(b"one\n")
    assert path.read_bytes() == b""
    file.flush()
    assert path.read_bytes() == b"one\n"
    file.write(b"x" * log_file.BUFFER_BYTES + b"\n")
    assert path.stat().st_size == log_file.BUFFER_BYTES + 5
    file.write(b"end\n")
    file.close()
    assert path.read_bytes().endswith(b"\nend\n")


def test_a_file_is_appended_to_unless_it_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    for append in (True, True, False):
        file = LogFile.open(path, append=append)
        file.write(b"line\n")
        file.close()
        if append:
            assert path.read_bytes() in (b"line\n", b"line\nline\n")

    assert path.read_bytes() == b"line\n"


def test_a_torn_last_line_is_closed_when_appending(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(b"whole\nto")

    file = LogFile.open(path)
    file.write(b"next\n")
    file.close()

    assert path.read_bytes() == b"whole\nto\nnext\n"


def test_a_file_that_cannot_be_opened_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LogError) as caught:
        LogFile.open(tmp_path / "missing" / "run.log")

    assert caught.value.path == str(tmp_path / "missing" / "run.log")
    assert caught.value.reason == "No such file or directory"


@pytest.mark.parametrize("buffered", [False, True])
def test_a_full_disk_raises_once(buffered: bool) -> None:
    file = LogFile.open(FULL, buffered=buffered)
    first_write: Callable[[bytes], None] = file.write
    if buffered:
        file.write(b"one\n")
        first_write = lambda line: file.flush()  # noqa: E731 the flush is what writes

    with pytest.raises(LogError) as caught:
        first_write(b"one\n")

    assert caught.value.reason == os.strerror(errno.ENOSPC)
    assert file.failure is caught.value
    file.write(b"two\n")
    file.flush()
    file.close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EPIPE])
def test_whatever_the_reason_it_is_named_and_kept_as_the_cause(code: int) -> None:
    class Broken:
        def write(self, data: Any) -> int:
            raise OSError(code, os.strerror(code))

    with pytest.raises(LogError) as caught:
        LogFile(Broken(), "standard output").write(b"one\n")

    assert caught.value.path == "standard output"
    assert caught.value.reason == os.strerror(code)
    assert isinstance(caught.value.__cause__, OSError)


def test_a_closed_file_fails_like_a_full_one(tmp_path: Path) -> None:
    file = LogFile.open(tmp_path / "run.log")
    file.close()

    with pytest.raises(LogError):
        file.write(b"one\n")


@pytest.mark.parametrize("buffered", [False, True])
@pytest.mark.parametrize("room", range(1, 14))
def test_lines_that_found_no_room_follow_in_order_once_there_is(
    disk: Callable[[int], Any], room: int, buffered: bool
) -> None:
    full = disk(room)
    file = LogFile(full, "disk", buffered=buffered)
    failures = 0

    for line in (b"one\n", b"two\n", b"three\n", b"four\n"):
        try:
            file.write(line)
            file.flush()
        except LogError:
            failures += 1
    assert b"one\ntwo\nthree\nfour\n".startswith(full.content)
    assert len(full.content) == room
    full.room = 100
    file.write(b"five\n")
    file.flush()

    assert failures == 1
    assert full.content == b"one\ntwo\nthree\nfour\nfive\n"


def test_a_log_that_stays_full_is_given_up(
    disk: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file, "MOST_KEPT", 3)
    full = disk(5)
    file = LogFile(full, "disk")
    file.write(b"one\n")
    with pytest.raises(LogError):
        file.write(b"two\n")
    for _ in range(3):
        file.write(b"more\n")

    full.room = 100
    file.write(b"late\n")

    assert full.content == b"one\nt"  # its end is missing; there is no hole


def test_after_a_rotation_lines_go_to_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    file = LogFile.open(path)
    file.write(b"one\n")
    path.rename(tmp_path / "run.log.1")

    file.write(b"two\n")
    file.reopen()
    file.write(b"three\n")
    file.close()

    assert (tmp_path / "run.log.1").read_bytes() == b"one\ntwo\n"
    assert path.read_bytes() == b"three\n"


def test_a_buffer_belongs_to_the_file_before_the_rotation(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    file = LogFile.open(path, buffered=True)
    file.write(b"one\n")
    path.rename(tmp_path / "run.log.1")

    file.reopen()
    file.close()

    assert (tmp_path / "run.log.1").read_bytes() == b"one\n"
    assert path.read_bytes() == b""


def test_a_line_that_broke_off_stands_whole_in_the_new_file(
    tmp_path: Path, disk: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = disk(13)
    monkeypatch.setattr(log_file, "_open", lambda path, append: full)
    file = LogFile.open(tmp_path / "run.log", buffered=True)
    file.write(b"one\ntwo\nthree\nfour\n")
    with pytest.raises(LogError):
        file.flush()
    assert full.content == b"one\ntwo\nthree"
    monkeypatch.undo()

    file.reopen()
    file.close()

    assert (tmp_path / "run.log").read_bytes() == b"three\nfour\n"


def test_the_old_file_is_kept_when_the_new_one_cannot_be_opened(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    file = LogFile.open(folder / "run.log")
    folder.rename(tmp_path / "old")

    with pytest.raises(LogError):
        file.reopen()
    file.write(b"on\n")
    file.close()

    assert (tmp_path / "old" / "run.log").read_bytes() == b"on\n"


def test_a_callers_stream_is_neither_reopened_nor_closed() -> None:
    stream = io.BytesIO()
    file = LogFile(stream, "standard output")

    file.write(b"one\n")
    file.reopen()
    file.close()

    assert stream.getvalue() == b"one\n"


def test_a_stream_with_layers_is_flushed_or_passed_by(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with path.open("wb") as stream:
        file = LogFile(stream, "standard output")
        file.write(b"one\n")
        assert path.read_bytes() == b"one\n"


def test_a_pipe_that_does_not_block_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    line = b"x" * 300_000 + b"\n"
    received = bytearray()

    def read() -> None:
        with os.fdopen(reading, "rb", buffering=0) as reader:
            while piece := reader.read(65536):
                received.extend(piece)

    reader = threading.Thread(target=read)
    with os.fdopen(writing, "wb", buffering=0) as stream:
        file = LogFile(stream, "pipe")
        reader.start()
        file.write(line)
    reader.join()

    assert received == line
