"""Read a contacts file: checked whole before anything starts, then streamed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from runtime.errors import ContactsError
from trunkline.contacts.digest import RowsDigest, skip_taken
from trunkline.contacts.intake import ContactIntake
from trunkline.contacts.rows import Row
from trunkline.contacts.table import ContactsTable

STANDARD_INPUT = "-"
_STANDARD_INPUT_IN_ERRORS = "standard input"

Source = str | os.PathLike[str] | BinaryIO
"""A path, "-" for standard input, or an open stream of bytes."""


def check_file(path: str | os.PathLike[str], encoding: str | None = None) -> int:
    """Decode and split a whole file, and count its rows; no phone is read.

    Raises:
        ContactsError: whatever would stop the campaign half-way: no file, a
            folder, a byte that isn't text, a NUL, an open quote, a missing
            or double phone column, nothing in it.

    """
    with _opened(path) as (stream, file):
        table = ContactsTable(stream, file, encoding)
        for _ in table:
            pass
        return table.rows_read


def read_contacts(
    source: Source,
    intake: ContactIntake,
    encoding: str | None = None,
    *,
    digest: RowsDigest | None = None,
    taken: tuple[int, str | None] = (0, None),
) -> Iterator[Row]:
    """Yield for each row a contact or a rejection, as the rows come.

    The first rows are passed over that an earlier life has `taken`: their
    count and digest. `digest` takes in every row before it is yielded.

    Memory stays constant but for the intake's. An open stream is read on
    from where it stands, and left open.

    Raises:
        ContactsError: when the rows before the fault have been yielded.
        JournalContradicted: where the rows that were taken are others now.

    """
    with _opened(source) as (stream, file):
        table = ContactsTable(stream, file, encoding)
        columns = table.columns
        take = intake.take_record
        if digest is None:
            for row, record in table:
                yield take(row, record, columns)
            return
        records = iter(table)
        skip_taken(records, digest, *taken, file)
        for row, record in records:
            digest.add(record)
            yield take(row, record, columns)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[BinaryIO, str]]:
    """Open what the source is; also give its name for errors."""
    if not isinstance(source, (str, os.PathLike)):
        yield source, str(getattr(source, "name", "the stream of contacts"))
    elif source == STANDARD_INPUT:
        yield sys.stdin.buffer, _STANDARD_INPUT_IN_ERRORS
    else:
        path = Path(source)
        try:
            stream = path.open("rb")
        except OSError as error:
            raise ContactsError(str(path), _why_not_opened(path, error)) from None
        except ValueError:
            raise ContactsError(str(path).replace("\0", "\\0"), "a path can't hold a NUL character") from None
        with stream:
            yield stream, str(path)


def _why_not_opened(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "this is a folder; contacts are one CSV file"
    return f"can't be read: {error.strerror or error}"
