"""A file is checked whole, then streamed; each fault is one clear error with its place."""

from __future__ import annotations

import codecs
import csv
import io
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.errors import ContactsError
from trunkline.contacts import ContactIntake, ContactRow, Reason, RejectedRow, Row, check_file, read_contacts

Write = Callable[[str | bytes], Path]


def intake(default_region: str | None = "US") -> ContactIntake:
    return ContactIntake(default_region=default_region, now=lambda: 1_767_571_200.0)


def rows(content: str | bytes, encoding: str | None = None) -> list[Row]:
    encoded = content.encode() if isinstance(content, str) else content
    return list(read_contacts(io.BytesIO(encoded), intake(), encoding))


def contacts(content: str | bytes, encoding: str | None = None) -> list[ContactRow]:
    read = rows(content, encoding)
    assert all(isinstance(row, ContactRow) for row in read), read
    return [row for row in read if isinstance(row, ContactRow)]


def fault(path: str | Path, encoding: str | None = None) -> ContactsError:
    with pytest.raises(ContactsError) as caught:
        check_file(path, encoding)
    return caught.value


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "contacts.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_rows_become_contacts_and_rejections_in_their_order() -> None:
    read = rows("id,phone\na,+14155552671\nb,nobody\nc,+14155552671\nd,(415) 555-2672\n")
    assert [row.row for row in read] == [1, 2, 3, 4]
    assert [row.reason for row in read if isinstance(row, RejectedRow)] == [
        Reason.LETTERS,
        Reason.DUPLICATE_PHONE,
    ]
    assert [row.contact for row in read if isinstance(row, ContactRow)] == ["a", "d"]


@pytest.mark.parametrize(
    "content",
    [
        "id,phone,name\na,+14155552671,Zoë\n",
        "name;id;phone\r\nZoë;a;+14155552671\r\n",
        "PHONE\tname\tID\r+14155552671\tZoë\ta\r",
        '"id","phone","name"\n"a","+14155552671","Zoë"',
        "sep=;\nid;phone;name\na;+14155552671;Zoë\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_as_people_have_it(content: str, encoding: str) -> None:
    (contact,) = contacts(content.encode(encoding))
    assert (contact.contact, contact.to, contact.extra) == ("a", "+14155552671", {"name": "Zoë"})


def test_an_encoding_that_is_said() -> None:
    (contact,) = contacts("phone,name\n+14155552671,Zoë\n".encode("cp1252"), "cp1252")
    assert contact.extra == {"name": "Zoë"}


def test_blank_lines_are_no_rows() -> None:
    read = contacts("phone\n\n+14155552671\n   \n\r\n+14155552672\n\n")
    assert [row.row for row in read] == [1, 2]


def test_a_line_of_delimiters_is_a_row_without_a_phone() -> None:
    (read,) = rows("id,phone,name\n,,\n")
    assert isinstance(read, RejectedRow)
    assert read.reason is Reason.MISSING_PHONE


@pytest.mark.parametrize(
    "odd", ["a\u0085b", "a\u2028b", "a\u2029b", "a\x0bb\x0cc\x1cd", "line\nbreak", 'say ""hi""']
)
def test_a_field_holds_whatever_a_quoted_field_may(odd: str) -> None:
    first, second = contacts(f'phone,note\n+14155552671,"{odd}"\n+14155552672,x\n')
    assert first.extra == {"note": odd.replace('""', '"')}
    assert second.row == 2


@pytest.mark.parametrize("odd", ["a\u0085b", "a\u2028b", '5" pipe', "it's"])
def test_an_unquoted_field_holds_them_too(odd: str) -> None:
    first, second = contacts(f"phone,note\n+14155552671,{odd}\n+14155552672,x\n")
    assert first.extra == {"note": odd}
    assert second.row == 2


def test_a_large_field_is_handed_on() -> None:
    (contact,) = contacts("phone,note\n+14155552671," + "x" * 100_000 + "\n")
    assert len(contact.extra["note"]) == 100_000


def test_a_file_is_counted_without_reading_a_phone(write: Write) -> None:
    assert check_file(write("phone\nnobody\n+14155552671\n\n")) == 2
    assert check_file(write("phone\n")) == 0


def test_a_byte_that_is_no_text_is_named_by_row_and_offset(write: Write) -> None:
    path = write(b'phone,name\n+14155552671,"two\nlines"\n\n+14155552672,M\xfcller\n')
    error = fault(path)
    assert (error.file, error.row, error.byte) == (str(path), 2, 51)
    assert str(error).startswith(
        f"{path}: row 2: byte 0xfc at offset 51 is no text in utf-8; nothing is guessed"
    )
    assert 'contacts_encoding = "cp1252"' in str(error)
    assert check_file(path, "cp1252") == 2


def test_a_bad_byte_in_the_header_has_no_row(write: Write) -> None:
    error = fault(write(b"phone,na\xefve\n+1\n"))
    assert (error.row, error.byte) == (None, 8)
    assert "in the header" in str(error)


@pytest.mark.parametrize(
    ("content", "row", "sentence"),
    [
        ('phone,note\n+1,a\n+1,"open\n+1,b\n', 2, "never closed"),
        ('phone,note\n+1,a\n+1,"open\n' + "x\n" * 100_000, 2, "never closed"),
        ('phone,note\n+1,"a"b\n', 1, "doubled"),
        ("phone,note\n+1,a\0b\n", 1, "NUL"),
        ("phone,note\n+1,a\n\0", 2, "NUL"),
        ("phone,note\n+1," + "x" * 200_000 + "\n", 1, "longer than 131,072 characters"),
        ("", None, "empty"),
        ("\n\n", None, "empty"),
        ("id,name\n1,x\n", None, "no column is named phone"),
        ("phone,id,Phone\n", None, "two columns are named phone"),
        ("phone,id,ID\n", None, "two columns are named id"),
        ('"phone\n+1\n', None, "quotation mark"),
        ("(" * 5000, None, "no column is named phone"),
        ("[" * 5000 + '\n"', None, "no column is named phone"),
        ("+14155552671\n+14155552672\n", None, "no header"),
    ],
)
def test_a_file_that_cannot_be_split_is_one_error(
    write: Write, content: str, row: int | None, sentence: str
) -> None:
    error = fault(write(content))
    assert error.row == row
    assert sentence in error.reason
    assert "\n" not in str(error)
    assert len(str(error)) < 1000


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in str(fault(tmp_path / "contacts.csv"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "folder" in str(fault(tmp_path))


def test_a_path_with_a_nul_is_no_path() -> None:
    assert "NUL" in str(fault("a\0b"))


def test_a_path_through_a_file_is_no_path(write: Write) -> None:
    assert "can't be read" in str(fault(write("phone\n") / "contacts.csv"))


@pytest.mark.parametrize("encoding", ["klingon", "hex", "utf-16"])
def test_an_encoding_that_does_not_do(write: Write, encoding: str) -> None:
    assert f"contacts_encoding = {encoding!r}" in str(fault(write("phone\n"), encoding))
    assert "byte order mark" in str(fault(write(codecs.BOM_UTF8 + b"phone\n"), "cp1252"))


def test_rows_before_a_fault_are_yielded_first() -> None:
    stream = io.BytesIO(b"phone\n+14155552671\n+14155552672\n\xff")
    read: list[Row] = []
    with pytest.raises(ContactsError) as caught:
        deque(map(read.append, read_contacts(stream, intake())), maxlen=0)
    assert len(read) == 2
    assert caught.value.row == 3


def test_standard_input_is_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    inward, outward = os.pipe()
    with os.fdopen(inward, "rb") as reading, os.fdopen(outward, "wb", buffering=0) as writing:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(reading))
        writing.write(b"phone\n+14155552671\n")
        stream = read_contacts("-", intake())
        assert isinstance(next(stream), ContactRow)
        writing.write(b"+14155552672\n+1415\xff")
        assert next(stream).row == 2
        writing.close()
        with pytest.raises(ContactsError, match="standard input: row 3: byte 0xff"):
            next(stream)


def test_a_stream_that_fails_is_one_error() -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ContactsError, match="Input/output error"):
        list(read_contacts(Broken(b"phone\n+1415\n"), intake()))


def test_a_file_and_the_application_share_one_intake(write: Write) -> None:
    desk = intake()
    list(read_contacts(write("id,phone\na,+14155552671\n"), desk))
    answer = desk.take(2, {"id": "b", "phone": "415 555 2671"})
    assert isinstance(answer, RejectedRow)
    assert answer.reason is Reason.DUPLICATE_PHONE


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.from_regex(
    r"\+1415555[0-9]{4}", fullmatch=True
)


@settings(deadline=None)
@given(
    st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=12),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_row_is_a_contact_or_rejected(
    table: list[list[str]], delimiter: str, ending: str, encoding: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "phone", "timezone"], *table])
    read = rows(out.getvalue().encode(encoding))
    written = [fields for fields in table if len(fields) > 1 or not fields[0].isspace()]
    assert [row.row for row in read] == list(range(1, len(written) + 1))
    dialed = [row.to for row in read if isinstance(row, ContactRow)]
    assert len(dialed) == len(set(dialed))


@settings(deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_are_rows_or_one_error(content: bytes) -> None:
    said = ""
    try:
        rows(b"id,phone\n" + content)
    except ContactsError as error:
        said = str(error)
    assert "\n" not in said


def test_twice_the_rows_take_about_twice_the_time() -> None:
    def seconds(count: int) -> float:
        content = "phone\n" + "".join(f"+1415{row:07}\n" for row in range(2_000_000, 2_000_000 + count))
        start = time.process_time()
        rows(content)
        return time.process_time() - start

    seconds(2_000)
    small, large = min(seconds(4_000) for _ in range(3)), min(seconds(16_000) for _ in range(3))
    assert large / small < 8
