"""Split a contacts file into rows; each fault is an error with its place."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from runtime.errors import ContactsError
from trunkline.contacts.decoding import UnknownEncoding, UnreadableText, decoded_lines
from trunkline.contacts.header import OPEN_QUOTE, UnusableHeader, read_header


class ContactsTable:
    """A contacts file whose header has been read, its rows still to come.

    `file` is its name in errors.

    Raises:
        ContactsError: here, and with the row while rows are taken.

    """

    def __init__(self, stream: BinaryIO, file: str, encoding: str | None = None) -> None:
        self.file = file
        self.rows_read = 0
        lines = decoded_lines(stream, encoding)
        try:
            self.columns, self.delimiter = read_header(lines)
        except UnusableHeader as error:
            raise ContactsError(file, error.reason) from None
        except UnreadableText as error:
            raise ContactsError(file, f"in the header: {error.reason}", byte=error.byte) from None
        except UnknownEncoding as error:
            raise ContactsError(file, f"contacts_encoding = {error.encoding!r}: {error.reason}") from None
        except OSError as error:
            raise ContactsError(file, f"can't be read: {error.strerror or error}") from None
        self._reader = csv.reader(lines, delimiter=self.delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its number, from 1; blank lines are none."""
        row = self.rows_read
        try:
            for fields in self._reader:
                if not fields or (len(fields) == 1 and fields[0].isspace()):
                    continue
                row += 1
                self.rows_read = row
                yield row, fields
        except UnreadableText as error:
            raise ContactsError(self.file, error.reason, row=row + 1, byte=error.byte) from None
        except csv.Error as error:
            raise ContactsError(self.file, _explain(error), row=row + 1) from None
        except OSError as error:
            reason = f"can't be read any further: {error.strerror or error}"
            raise ContactsError(self.file, reason, row=row + 1) from None


def _explain(error: csv.Error) -> str:
    text = str(error)
    if text == OPEN_QUOTE:
        return "a quotation mark is opened and never closed; close it, or double it where it is text"
    if text.endswith("expected after '\"'"):
        return 'text follows a closing quotation mark; inside a quoted field a quotation mark is doubled ("")'
    if text.startswith("field larger than field limit"):
        limit = csv.field_size_limit()
        return f"a field is longer than {limit:,} characters; most likely a quotation mark is never closed"
    return f"can't be split: {text}"
