"""`trunkline synth`: files to try things with."""

from __future__ import annotations

import json
import shlex
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., "subprocess.CompletedProcess[str]"]

SMALL = ("--contacts", "60", "--countries", "US=0.5,GB=0.5", "--connections", "2x3")


def test_what_it_writes_passes_the_check_and_can_be_simulated(trunkline: Command, tmp_path: Path) -> None:
    written = trunkline("synth", "load", *SMALL, "--answer-rate-spread", "0.2")
    assert written.returncode == 0, written.stderr
    assert written.stdout.split() == ["load/contacts.csv", "load/campaign.toml"]

    checked = trunkline("check", "load/campaign.toml", "--json")
    assert checked.returncode == 0, checked.stdout
    (report,) = json.loads(checked.stdout)
    assert report["audience"]["rejected"] == 0
    assert report["audience"]["by_country"] == {"GB": 30, "US": 30}
    assert report["capacity"]["ceiling"] == 6

    dialed = trunkline("simulate", "load/campaign.toml", "--json")
    assert dialed.returncode == 0, dialed.stderr
    (campaign,) = json.loads(dialed.stdout)["campaigns"]
    assert campaign["rows"] == 60


def test_what_is_there_is_overwritten_only_when_told_to(trunkline: Command, tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("mine")

    refused = trunkline("synth", ".", *SMALL)

    assert refused.returncode == 2
    assert refused.stderr == "trunkline: contacts.csv is there already; --force overwrites it\n"
    assert (tmp_path / "contacts.csv").read_text() == "mine"
    assert not (tmp_path / "campaign.toml").exists()
    assert trunkline("synth", ".", *SMALL, "--force").returncode == 0
    assert (tmp_path / "contacts.csv").read_text().startswith("id,phone,country\nc1,+")


def test_a_part_can_go_to_standard_output(trunkline: Command, tmp_path: Path) -> None:
    contacts = trunkline("synth", "-", *SMALL)
    config = trunkline("synth", "-", *SMALL, "--part", "config")

    assert len(contacts.stdout.splitlines()) == 61
    assert tomllib.loads(config.stdout)["tenants"] == [{"name": "synthetic", "max_concurrent": 6}]
    assert list(tmp_path.iterdir()) == []


def test_the_command_in_the_file_writes_the_same_again(trunkline: Command, tmp_path: Path) -> None:
    trunkline("synth", "one", *SMALL, "--seed", "9")
    text = (tmp_path / "one/campaign.toml").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("# trunkline synth")]

    trunkline(*shlex.split(line.removeprefix("# trunkline ").replace("FOLDER", "two")))

    for name in ("campaign.toml", "contacts.csv"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_an_error_names_the_option_and_leaves_nothing_behind(trunkline: Command, tmp_path: Path) -> None:
    done = trunkline("synth", "new/load", "--countries", "TA", "--contacts", "5000")

    assert done.returncode == 2
    assert done.stderr == (
        "trunkline: TA has no more than 1,000 fixed and mobile numbers of the usual length\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_environment_variable_stands_for_an_option(trunkline: Command) -> None:
    assert len(trunkline("synth", "-", TRUNKLINE_CONTACTS="7").stdout.splitlines()) == 8


def test_a_place_that_can_not_be_written_is_told(trunkline: Command) -> None:
    done = trunkline("synth", "/proc/load", *SMALL)

    assert done.returncode == 2
    assert done.stderr == "trunkline: /proc/load can't be written to: there is no such file or folder\n"
