from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from runtime.errors import ConfigError
from trunkline.config import Config, load_config
from trunkline.config.reading import LARGEST


def problem_of(path: str | Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    (problem,) = caught.value.problems
    return str(problem)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "nowhere.toml") == f"{tmp_path}/nowhere.toml: no such file"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert problem_of(tmp_path) == f"{tmp_path}: this is a folder, not a file"


def test_a_path_through_a_file_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert (
        problem_of(tmp_path / "file" / "x.toml") == f"{tmp_path}/file/x.toml: can't be read: Not a directory"
    )


def test_a_path_with_a_nul_is_no_path() -> None:
    assert problem_of("a\0b.toml") == "a\\x00b.toml: can't be read: embedded null byte"


def test_a_file_without_end_is_not_read_to_it() -> None:
    assert problem_of("/dev/zero") == "/dev/zero: is larger than 4 MiB"


def test_a_file_just_within_the_limit_is_read(tmp_path: Path, pilot: str) -> None:
    file = tmp_path / "pilot.toml"
    file.write_text(pilot + "#" * (LARGEST - len(pilot)))
    assert repr(load_config(file)) == "Config(spring)"


@pytest.mark.parametrize("start", ["\ufeff", "\r\n", "# é\n"])
def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path, pilot: str, start: str) -> None:
    file = tmp_path / "pilot.toml"
    file.write_bytes((start + pilot).replace("\n", "\r\n").encode())
    assert repr(load_config(file)) == "Config(spring)"


def test_windows_line_ends_do_not_move_an_error(tmp_path: Path) -> None:
    file = tmp_path / "pilot.toml"
    file.write_bytes(b'a = 1\r\nb = "x\r\n')
    assert problem_of(file) == f"{file}:2:5: a quote is opened here and not closed"


def given_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch, pilot: str) -> None:
    given_stdin(monkeypatch, pilot.encode())
    file = load_config("-").contacts["spring"]
    assert file is not None
    assert file.path == Path("contacts.csv")


def test_an_error_in_standard_input_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    given_stdin(monkeypatch, b"x = [")
    assert problem_of("-") == '<stdin>:1:5: "[" is opened here and not closed'


def test_standard_input_is_read_for_one_thing_only(monkeypatch: pytest.MonkeyPatch, pilot: str) -> None:
    given_stdin(monkeypatch, pilot.replace('"contacts.csv"', '"-"').encode())
    assert problem_of("-") == (
        '<stdin>:27:12: campaigns[0].contacts: standard input ("-") is already read for the configuration'
    )


def test_closed_standard_input_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert problem_of("-") == "<stdin>: can't be read: it is closed"


def test_only_one_campaign_reads_contacts_from_standard_input(tmp_path: Path, pilot: str) -> None:
    second = '\n[[campaigns]]\nname = "b"\nprimary = "+14155550100"\ncontacts = "-"\n'
    file = tmp_path / "pilot.toml"
    file.write_text(pilot.replace('"contacts.csv"', '"-"') + second)
    assert problem_of(file).endswith(
        'campaigns[1].contacts: standard input ("-") is already read for another campaign'
    )


def test_every_error_is_told_at_once_in_the_order_of_the_file(tmp_path: Path, pilot: str) -> None:
    text = pilot.replace('connection = "east"', 'conection = "east"').replace("= 25", "= 0")
    text = text.replace('"west"\nstatus', '"wets"\nstatus') + "max_attempts = 2.5\n"
    file = tmp_path / "pilot.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert str(caught.value).replace(str(file), "pilot.toml").split("\n") == [
        "pilot.toml:7:18: connections[0].max_concurrent: must be 1 to 1,000,000, not 0",
        'pilot.toml:16:1: numbers[0].conection: unknown key; did you mean "connection"?',
        'pilot.toml:20:14: numbers[1].connection: no connection "wets"; did you mean "west"?',
        "pilot.toml:28:16: campaigns[0].max_attempts: must be a whole number, not 2.5",
    ]


def test_an_empty_file_says_what_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "pilot.toml"
    file.write_text("")
    with pytest.raises(ConfigError) as caught:
        Config.load(file)
    assert [problem.message for problem in caught.value.problems if hasattr(problem, "message")] == [
        "no tenants; add a [[tenants]] table",
        "no connections; add a [[connections]] table",
        "no numbers; add a [[numbers]] table",
        "no campaigns; add a [[campaigns]] table",
    ]
