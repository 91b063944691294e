"""Columns and their delimiter are found in the first line, in any order and case."""

from __future__ import annotations

import io

import pytest

from trunkline.contacts.header import Columns, UnusableHeader, read_header


def header(text: str) -> tuple[Columns, str]:
    return read_header(iter(io.StringIO(text, newline="")))


def refusal(text: str) -> str:
    with pytest.raises(UnusableHeader) as caught:
        header(text)
    return caught.value.reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_shows_a_phone_column(delimiter: str) -> None:
    columns, found = header(delimiter.join(["id", "phone", "timezone", "name"]) + "\n")
    assert found == delimiter
    assert (columns.identity, columns.phone, columns.timezone) == (0, 1, 2)
    assert columns.names == ("name",)


def test_columns_stand_in_any_order() -> None:
    columns, _ = header("city,timezone,phone,name,id\r\n")
    assert (columns.identity, columns.phone, columns.timezone) == (4, 2, 1)
    assert (columns.extra, columns.names) == ((0, 3), ("city", "name"))


def test_names_are_read_in_any_case_and_trimmed() -> None:
    columns, _ = header(" ID ;PHONE; TimeZone ; First Name \n")
    assert (columns.identity, columns.phone, columns.timezone) == (0, 1, 2)
    assert columns.names == ("First Name",)


def test_phone_alone_is_enough() -> None:
    columns, delimiter = header("phone\n")
    assert (columns, delimiter) == (Columns(1, 0, None, None, (), ()), ",")


@pytest.mark.parametrize(
    ("text", "delimiter", "names"),
    [
        ('"last, first";phone\n', ";", ("last, first",)),
        ('"a;b;c;d",phone\n', ",", ("a;b;c;d",)),
        ('phone\t"notes, long; very"\n', "\t", ("notes, long; very",)),
        ('phone;"with a\nline break"\n', ";", ("with a\nline break",)),
        ('x;"over\ntwo lines";phone\n', ";", ("x", "over\ntwo lines")),
        ('phone,height in 5"\n', ",", ('height in 5"',)),
        ("phone;a,b,c,d,e\n", ";", ("a,b,c,d,e",)),
    ],
)
def test_other_delimiters_inside_names_do_not_mislead(
    text: str, delimiter: str, names: tuple[str, ...]
) -> None:
    columns, found = header(text)
    assert found == delimiter
    assert columns.names == names


def test_a_spreadsheets_hint_line_is_followed_and_skipped() -> None:
    assert header("sep=;\nid;phone\n")[1] == ";"
    assert header('"sep=\t"\r\nid\tphone\r\n')[1] == "\t"


def test_blank_lines_before_the_header_are_skipped() -> None:
    assert header("\n  \r\nid,phone\n")[0].phone == 1


def test_lines_after_the_header_are_left_to_be_read() -> None:
    lines = iter(["phone\n", "+1415\n"])
    read_header(lines)
    assert list(lines) == ["+1415\n"]


def test_repeated_and_missing_names_are_made_unique() -> None:
    columns, _ = header("phone,note,note,,note_2,note,\n")
    assert columns.names == ("note", "note_3", "column_4", "note_2", "note_4", "column_7")


@pytest.mark.parametrize("text", ["", "\n\n", "   \n", "sep=,\n"])
def test_a_file_without_a_header_line_is_empty(text: str) -> None:
    assert "empty" in refusal(text)


def test_a_missing_phone_column_is_named_with_what_there_is() -> None:
    reason = refusal("id;Mobile Phone;name\n")
    assert "'id', 'Mobile Phone', 'name'" in reason
    assert "rename 'Mobile Phone' to phone" in reason
    assert "name the column" in refusal("id,name\n")


def test_a_file_that_begins_with_numbers_lacks_its_header() -> None:
    assert "no header" in refusal("c1,+1 415 555 2671\n")


@pytest.mark.parametrize("name", ["phone", "id", "timezone"])
def test_a_column_that_stands_twice_is_refused(name: str) -> None:
    reason = refusal(f"phone,id,timezone,{name.upper()}\n")
    assert f"two columns are named {name}" in reason
    assert "4" in reason


@pytest.mark.parametrize("text", ['"phone\n', '"phone"x,"id\n', '"\n' * 300, '"' + "(" * 5000])
def test_an_open_quote_in_the_header_is_refused(text: str) -> None:
    assert "quotation mark" in refusal(text) or "no column" in refusal(text)
