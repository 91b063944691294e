"""`trunkline run` again: it goes on, says that it is finished, or says why it can't."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parents[3]
QUICK = """
[campaigns.retry_after]
no_answer = "never"
voicemail = "never"
busy = "never"
failed = "never"
callback = "never"
unknown = 0.2

[run]
time_scale = {scale}
log_file = "run.log"
progress = false
"""


@pytest.fixture
def quick(config: Path) -> Path:
    config.write_text(config.read_text() + QUICK.format(scale=0.002))
    return config


@pytest.fixture
def killed(config: Path) -> Path:
    """A run that was killed after some calls."""
    text = config.read_text()
    config.write_text(text + QUICK.format(scale=0.02))
    process = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "run", str(config)],
        cwd=config.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    log, deadline = config.parent / "run.log", time.monotonic() + 60
    while not (log.exists() and log.read_bytes().count(b"call.ended") > 5):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    config.write_text(text + QUICK.format(scale=0.002))
    return config


def lines(config: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (config.parent / "run.log").read_text().splitlines()]


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.splitlines()[-1]


def test_a_killed_run_goes_on_and_its_summary_is_of_all_its_lives(killed: Path, trunkline: Command) -> None:
    done = trunkline("run", str(killed), "--json")

    assert done.returncode == 0, done.stderr
    log = lines(killed)
    names = Counter(line["event"] for line in log)
    (campaign,) = json.loads(done.stdout)["campaigns"]
    finished = Counter(line["contact"] for line in log if line["event"] == "contact.finished")
    assert names["engine.started"] == names["engine.recovered"] == 1
    assert len({line["run"] for line in log if line["event"].startswith("engine.")}) == 1
    assert (campaign["rows"], campaign["rejected"]) == (41, 1)
    assert campaign["attempts"] == names["dispatch.granted"] == names["call.ended"]
    assert finished == Counter({f"c{number}": 1 for number in range(40)})


def test_a_finished_run_says_so_with_its_summary(quick: Path, trunkline: Command) -> None:
    first = trunkline("run", str(quick), "--json")
    again = trunkline("run", str(quick), "--json")

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert again.stderr == "trunkline: already finished; --fresh starts anew\n"
    (before,), (after,) = json.loads(first.stdout)["campaigns"], json.loads(again.stdout)["campaigns"]
    assert abs(before.pop("seconds") - after.pop("seconds")) < 1
    assert after == before


def test_the_command_that_repeats_a_run_starts_anew_with_its_journal(quick: Path, trunkline: Command) -> None:
    done = trunkline("run", str(quick), "--seed", "5", "--journal", "its own.journal", "--json")

    said = json.loads(done.stdout)["repeat"]
    assert shlex.split(said) == [
        "trunkline",
        "run",
        str(quick),
        "--seed",
        "5",
        "--fresh",
        "--journal",
        "its own.journal",
    ]
    again = trunkline(*shlex.split(said)[1:], "--json")
    assert again.returncode == 0, again.stderr
    assert "the earlier journal is" in again.stderr
    assert json.loads(again.stdout)["attempts"] > 0


def test_fresh_puts_the_journal_aside_and_dials_anew(quick: Path, trunkline: Command) -> None:
    trunkline("run", str(quick))
    done = trunkline("run", str(quick), "--fresh")

    assert done.returncode == 0, done.stderr
    (aside,) = quick.parent.glob("pilot.journal.*Z")
    assert f"the earlier journal is {aside} now" in done.stderr
    assert trunkline("journal", "verify", str(aside)).returncode == 0
    runs = [line["run"] for line in lines(quick) if line["event"] == "engine.started"]
    assert len(set(runs)) == 2


def test_more_contacts_at_the_end_of_the_file_are_dialed(quick: Path, trunkline: Command) -> None:
    trunkline("run", str(quick))
    with (quick.parent / "contacts.csv").open("a") as file:
        file.write("late,+14155553000\n")

    done = trunkline("run", str(quick), "--json")

    assert done.returncode == 0, done.stderr
    (campaign,) = json.loads(done.stdout)["campaigns"]
    assert campaign["rows"] == 42
    granted = Counter(line["contact"] for line in lines(quick) if line["event"] == "dispatch.granted")
    assert granted["late"] >= 1
    assert sum(granted.values()) == campaign["attempts"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "west"\nmax', 'name = "north"\nmax', "connection 'west' has gone"),
        (
            'number = "+14155550100"\nconnection = "east"',
            'number = "+14155550100"\nconnection = "west"',
            "number +14155550100 was on connection 'east'",
        ),
        ('name = "acme"', 'name = "zenith"', "tenant 'acme' has gone"),
        ('name = "spring"', 'name = "summer"', "campaign 'spring' is not finished, and has gone"),
    ],
)
def test_a_configuration_that_contradicts_the_journal_is_refused(
    killed: Path, trunkline: Command, old: str, new: str, said: str
) -> None:
    text = killed.read_text()
    assert old in text
    text = text.replace(old, new)
    if "north" in new:
        text = text.replace('connection = "west"', 'connection = "north"')
    killed.write_text(text)

    done = trunkline("run", str(killed))

    assert done.returncode == 2, done.stderr
    assert said in last_line(done)
    assert "Traceback" not in done.stderr


def test_contacts_that_were_changed_are_refused(killed: Path, trunkline: Command) -> None:
    contacts = killed.parent / "contacts.csv"
    contacts.write_text(contacts.read_text().replace("c3,", "other,"))

    done = trunkline("run", str(killed))

    assert done.returncode == 2
    assert "the first 41 rows of" in last_line(done)
    assert "are not those that were taken" in last_line(done)


def test_caps_flags_options_and_new_numbers_may_change(killed: Path, trunkline: Command) -> None:
    text = killed.read_text()
    text = text.replace("max_concurrent = 4", "max_concurrent = 2").replace(
        "[[campaigns]]", '[[numbers]]\nnumber = "+14155550111"\nconnection = "west"\n\n[[campaigns]]'
    )
    text = text.replace('connection = "east"', 'connection = "east"\nstatus = "spam"', 1)
    text = text.replace('pool = ["', 'pool = ["+14155550111", "')
    killed.write_text(text)

    done = trunkline("run", str(killed))

    assert done.returncode == 0, done.stderr
    log = lines(killed)
    recovered = next(index for index, line in enumerate(log) if line["event"] == "engine.recovered")
    later = [
        line for line in log[recovered:] if line["event"] == "dispatch.granted" and "recovered" not in line
    ]
    assert later
    assert {line["tenant_cap"] for line in later} == {2}
    assert "+14155550100" not in {line["number"] for line in later}
    assert "+14155550111" in {line["number"] for line in later}


def test_a_second_process_is_refused(config: Path, trunkline: Command) -> None:
    config.write_text(config.read_text() + QUICK.format(scale=1.0))
    first = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "run", str(config)],
        cwd=config.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    log, deadline = config.parent / "run.log", time.monotonic() + 60
    while not (log.exists() and b"dispatch.granted" in log.read_bytes()):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    second = trunkline("run", str(config))
    first.send_signal(signal.SIGTERM)
    first.send_signal(signal.SIGTERM)
    first.wait()

    assert second.returncode == 1
    assert f"process {first.pid} is dialing by this journal" in last_line(second)


def test_a_log_that_is_ahead_of_its_journal_is_refused_unless_the_loss_is_accepted(
    killed: Path, trunkline: Command
) -> None:
    journal = killed.parent / "pilot.journal"
    for suffix in ("-wal", "-owner"):  # what a lost disk cache and a careless copy leave
        Path(f"{journal}{suffix}").unlink()

    refused = trunkline("run", str(killed))
    taken = trunkline("run", str(killed), "--accept-loss")

    assert refused.returncode == 1
    assert "is ahead of it" in last_line(refused)
    assert "--accept-loss" in last_line(refused)
    assert taken.returncode == 0, taken.stderr


def test_a_journal_whose_write_ahead_log_was_cut_is_refused(killed: Path, trunkline: Command) -> None:
    wal = killed.parent / "pilot.journal-wal"
    with wal.open("r+b") as file:
        file.truncate(wal.stat().st_size // 2)

    done = trunkline("run", str(killed), "--log-file", "other.log")

    assert done.returncode == 1
    assert "its end was cut off" in last_line(done)


def test_lines_that_a_crash_kept_from_the_log_are_added(killed: Path, trunkline: Command) -> None:
    log = killed.parent / "run.log"
    whole = log.read_text().splitlines(keepends=True)
    log.write_text("".join(whole[:-4]) + whole[-4][:30])

    done = trunkline("run", str(killed))

    assert done.returncode == 0, done.stderr
    read = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
    grants = Counter(line["call"] for line in read if line["event"] == "dispatch.granted")
    ends = Counter(line["call"] for line in read if line["event"] == "call.ended")
    added = [line for line in read if line.get("recovered")]
    assert added
    assert all(line["seq"] > 0 for line in added if "call" in line)
    assert set(grants.values()) == set(ends.values()) == {1}
    assert grants == ends


def test_people_look_into_a_journal_by_csv_and_json(killed: Path, trunkline: Command) -> None:
    journal = str(killed.parent / "pilot.journal")

    contacts = trunkline("journal", "contacts", journal).stdout.splitlines()
    attempts = [
        json.loads(line) for line in trunkline("journal", "attempts", journal, "--json").stdout.splitlines()
    ]
    shown = json.loads(trunkline("journal", "show", journal, "--json").stdout)
    entries = trunkline("journal", "export", journal).stdout.splitlines()

    assert contacts[0].startswith("campaign,row,contact,phone,standing,attempts,")
    assert len(contacts) == 41
    assert {attempt["outcome"] for attempt in attempts} & {"in_doubt", "no_answer", "answered", "voicemail"}
    assert shown["entries"] == len(entries)
    assert [json.loads(line)["seq"] for line in entries] == list(range(1, len(entries) + 1))
    assert sum(shown["campaigns"][0]["results"].values()) == 40
    assert len(shown["in_doubt"]) == sum(attempt["outcome"] == "in_doubt" for attempt in attempts)


@pytest.mark.parametrize("command", ["show", "contacts", "attempts", "export", "verify"])
def test_what_is_no_journal_is_told_in_one_line(config: Path, trunkline: Command, command: str) -> None:
    for path, code in ((config, 1), (config.parent / "nothing", 2)):
        done = trunkline("journal", command, str(path))

        assert done.returncode == code
        assert len(done.stderr.splitlines()) == 1
        assert str(path) in done.stderr


def test_a_journal_can_be_looked_into_from_where_nobody_may_write(
    quick: Path, trunkline: Command, tmp_path: Path
) -> None:
    trunkline("run", str(quick))
    folder = tmp_path / "archive"
    folder.mkdir()
    shutil.copy(quick.parent / "pilot.journal", folder)
    folder.chmod(0o555)

    assert trunkline("journal", "verify", str(folder / "pilot.journal")).returncode == 0
