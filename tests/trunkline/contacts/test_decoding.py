"""Bytes become lines, or an error that says which byte isn't text."""

from __future__ import annotations

import codecs
import collections
import io
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.contacts import decoding
from trunkline.contacts.decoding import UnknownEncoding, UnreadableText, decoded_lines


class Drip(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a pipe may."""

    def __init__(self, content: bytes, step: int) -> None:
        self.content, self.step = content, step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io hands in is one
        size = min(self.step, len(buffer))
        piece, self.content = self.content[:size], self.content[size:]
        buffer[: len(piece)] = piece
        return len(piece)


def stream(content: bytes, step: int | None) -> BinaryIO:
    return io.BytesIO(content) if step is None else io.BufferedReader(Drip(content, step), 16)


def lines(content: bytes, encoding: str | None = None, step: int | None = None) -> list[str]:
    return list(decoded_lines(stream(content, step), encoding))


def fault(
    content: bytes, encoding: str | None = None, step: int | None = None
) -> tuple[list[str], UnreadableText]:
    """Give the lines before the error, and the error."""
    decoded = decoded_lines(stream(content, step), encoding)
    before: list[str] = []
    with pytest.raises(UnreadableText) as caught:
        collections.deque(map(before.append, decoded), maxlen=0)
    return before, caught.value


@pytest.mark.parametrize(
    "content",
    [
        "phone\nÄ\n".encode(),
        codecs.BOM_UTF8 + "phone\nÄ\n".encode(),
        "phone\nÄ\n".encode("utf-16"),
        codecs.BOM_UTF16_LE + "phone\nÄ\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "phone\nÄ\n".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "phone\nÄ\n".encode("utf-32-le"),
    ],
)
@pytest.mark.parametrize("step", [None, 1, 3])
def test_utf_8_needs_no_mark_and_others_are_told_by_theirs(content: bytes, step: int | None) -> None:
    assert lines(content, step=step) == ["phone\n", "Ä\n"]


def test_an_encoding_that_is_said_is_used() -> None:
    assert lines("phone\nÄ€\n".encode("cp1252"), "cp1252") == ["phone\n", "Ä€\n"]
    assert lines("phone\nÄ\n".encode("utf-16-le"), "utf-16-le") == ["phone\n", "Ä\n"]
    assert lines("phone\n日本\n".encode("shift-jis"), "shift_jis", step=1) == ["phone\n", "日本\n"]
    assert lines(codecs.BOM_UTF8 + b"phone\n", "utf-8") == ["phone\n"]


@pytest.mark.parametrize(
    "encoding", ["klingon", "hex", "rot13", "undefined", "idna", "unicode_escape", "", "a\0b"]
)
def test_what_is_no_encoding_of_files_is_refused(encoding: str) -> None:
    with pytest.raises(UnknownEncoding):
        lines(b"phone\n", encoding)


def test_a_mark_that_denies_the_encoding_said_is_no_matter_for_a_guess() -> None:
    with pytest.raises(UnknownEncoding, match="utf-8"):
        lines(codecs.BOM_UTF8 + b"phone\n", "cp1252")
    with pytest.raises(UnknownEncoding, match="utf-16-le"):
        lines(b"phone\n", "utf-16")


def test_only_line_feed_and_carriage_return_end_a_line() -> None:
    assert lines("a\u0085b\u2028c\x0bd\x0ce\x1cf\n".encode()) == ["a\u0085b\u2028c\x0bd\x0ce\x1cf\n"]
    assert lines(b"a\nb\rc\r\nd") == ["a\n", "b\r", "c\r\n", "d"]


@given(st.text(alphabet="a\r\n", max_size=30), st.integers(min_value=1, max_value=5))
def test_lines_are_the_same_however_the_bytes_arrive(text: str, step: int) -> None:
    expected = list(io.StringIO(text, newline=""))
    assert lines(text.encode(), step=step) == expected
    assert lines(text.encode("utf-16"), step=step) == expected


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60), st.integers(1, 7))
def test_any_text_comes_out_as_it_went_in(text: str, step: int) -> None:
    assert "".join(lines(codecs.BOM_UTF8 + text.encode(), step=step)) == text


@pytest.mark.parametrize("step", [None, 1, 2, 5])
def test_the_bad_byte_is_named_by_its_offset(step: int | None) -> None:
    before, error = fault(b"phone\n+1415\nM\xfcller\n+1416\n", step=step)
    assert before == ["phone\n", "+1415\n"]
    assert error.byte == 13
    assert "0xfc" in error.reason
    assert "contacts_encoding" in error.reason


def test_a_mark_counts_in_the_offset() -> None:
    _, error = fault(codecs.BOM_UTF8 + b"phone\n\xff")
    assert error.byte == 9


def test_a_character_cut_off_at_the_end_is_no_text() -> None:
    before, error = fault("phone\nMü".encode()[:-1], step=2)
    assert before == ["phone\n"]
    assert error.byte == 7


def test_a_lone_surrogate_is_no_text() -> None:
    _, error = fault(codecs.BOM_UTF16_LE + b"a\0\n\0\x00\xd8b\0")
    assert error.byte == 6


def test_a_byte_that_the_encoding_said_lacks_is_no_text() -> None:
    _, error = fault(b"phone\n\x81", "cp1252")
    assert error.byte == 6


@pytest.mark.parametrize("step", [None, 1, 4])
def test_a_nul_is_an_error_at_its_offset(step: int | None) -> None:
    before, error = fault("phone\nÄ\0b\n".encode(), step=step)
    assert before == ["phone\n"]
    assert error.byte == 8
    assert "NUL" in error.reason
    _, error = fault(codecs.BOM_UTF16_LE + "a\n\0".encode("utf-16-le"), step=step)
    assert error.byte == 6


def test_a_file_without_line_ends_is_not_read_into_memory_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_LONGEST_LINE", 1000)
    _, error = fault(b"x" * 5000, step=100)
    assert "longer than" in error.reason


@given(st.binary(max_size=80), st.integers(min_value=1, max_value=9))
def test_any_bytes_are_lines_or_one_error(content: bytes, step: int) -> None:
    offset = 0
    try:
        whole = "".join(lines(content, step=step))
    except UnreadableText as error:
        whole, offset = "", error.byte
    assert "\0" not in whole
    assert 0 <= offset <= len(content)
