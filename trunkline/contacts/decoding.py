"""Turn the bytes of a contacts file into lines, or say which byte isn't text."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1 << 18
OF_NO_FILES = ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined")
"""What Python calls encodings of text, and no file is written in."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32's come first: its little-endian mark begins with UTF-16's."""
_LONGEST_MARK = 4
_LONGEST_LINE = 1 << 23


class UnreadableText(Exception):
    """Some bytes aren't the lines of text they should be; `byte` counts from 0."""

    def __init__(self, reason: str, byte: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.byte = byte


class UnknownEncoding(Exception):
    """No text encoding goes by this name."""

    def __init__(self, encoding: str, reason: str) -> None:
        super().__init__(reason)
        self.encoding = encoding
        self.reason = reason


def decoded_lines(stream: BinaryIO, encoding: str | None = None) -> Iterator[str]:
    r"""Decode a stream as it comes and split it into lines.

    Without `encoding` it is UTF-8, or what its byte order mark says. Lines
    end with "\n", "\r" or "\r\n", which is kept, and with nothing else:
    U+0085 or U+2028 are part of a field. What stands before a bad byte is
    yielded before the error is raised, the unfinished line excepted; so
    whoever counts rows knows in which one the byte is.

    Raises:
        UnreadableText: a byte is no text in this encoding, or a NUL; or a
            line is longer than 8 MiB.
        UnknownEncoding: `encoding` is none, or the file's mark denies it.

    """
    # What has arrived is enough: a pipe may stay open for hours between two rows.
    read = getattr(stream, "read1", stream.read)
    head = stream.read(_LONGEST_MARK)
    while 0 < len(head) < _LONGEST_MARK and (more := stream.read(_LONGEST_MARK - len(head))):
        head += more
    name, mark = _encoding_of(head, encoding)
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    position = len(mark)
    chunk = head[len(mark) :]
    unfinished = ""
    ended = False
    while not ended:
        if not chunk:
            chunk = read(_CHUNK)
            ended = not chunk
        text, trouble = _decode(decoder, chunk, ended, position, name)
        lines = unfinished + text
        cut = _end_of_last_line(lines)
        yield from io.StringIO(lines[:cut], newline="")
        unfinished = lines[cut:]
        if trouble is None and len(unfinished) > _LONGEST_LINE:
            trouble = UnreadableText("a line is longer than 8 MiB: this is no list of contacts", position)
        if trouble is not None:
            raise trouble
        position += len(chunk)
        chunk = b""
    if unfinished:
        yield unfinished


def _encoding_of(head: bytes, encoding: str | None) -> tuple[str, bytes]:
    """Settle the encoding: its name, and the byte order mark to skip."""
    mark, marked = next(
        ((mark, name) for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), (b"", None)
    )
    if encoding is None:
        return marked or "utf-8", mark
    try:
        name = codecs.lookup(encoding).name.removesuffix("-sig")
        io.TextIOWrapper(io.BytesIO(), name)  # which refuses what is no encoding of text
    except (LookupError, ValueError):
        raise UnknownEncoding(encoding, "no encoding of text goes by this name") from None
    if name in OF_NO_FILES:
        raise UnknownEncoding(encoding, "it is no encoding of files")
    if marked is None:
        if name in ("utf-16", "utf-32"):
            raise UnknownEncoding(encoding, f"there is no byte order mark; say {name}-le or {name}-be")
        return name, b""
    if marked != name and marked.removesuffix("-le").removesuffix("-be") != name:
        raise UnknownEncoding(encoding, f"but the file begins with the byte order mark of {marked}")
    return marked, mark


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool, position: int, name: str
) -> tuple[str, UnreadableText | None]:
    """Decode a chunk as far as it is text; also return what is wrong after that."""
    state = decoder.getstate()
    pending = len(state[0])
    trouble = None
    try:
        text = decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        start = position - pending + error.start
        value = error.object[error.start]
        trouble = UnreadableText(
            f"byte 0x{value:02x} at offset {start} is no text in {name}; nothing is guessed, "
            'contacts_encoding = "cp1252" (or what it is) says it',
            start,
        )
        decoder.setstate(state)
        text = decoder.decode(chunk[: max(0, error.start - pending)])
    except UnicodeError as error:
        trouble = UnreadableText(
            f"the bytes from offset {position} on are no text in {name}: {error}", position
        )
        text = ""
    if "\0" in text:
        text = text[: text.index("\0")]
        start = position - pending + len(text.encode(name))
        trouble = UnreadableText(f"a NUL character at offset {start}: this is no text file", start)
    return text, trouble


def _end_of_last_line(text: str) -> int:
    r"""Find where the complete lines end; a "\r" at the very end may be half an ending."""
    end = len(text) - text.endswith("\r")
    return max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) + 1
