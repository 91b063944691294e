"""A disk that fails, fills up or can't be written, under a real `trunkline run`."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from runtime.journal.sqlite.journal import verify

ROOT = Path(__file__).parents[2]
CONTACTS = 40
QUOTA_BYTES = 100 * 1024
"""The most that a file may take: less than the journal's write-ahead log, more than the log."""
CONFIG = """
[[tenants]]
name = "acme"
max_concurrent = 4

[[connections]]
name = "east"
max_concurrent = 3

[[numbers]]
number = "+14155550100"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"
contacts = "contacts.csv"

[campaigns.retry_after]
no_answer = "never"
voicemail = "never"
busy = "never"
failed = "never"
callback = "never"
unknown = 0.5

[run]
time_scale = 0.005
log_file = "run.log"
"""
RUN = f"{shlex.quote(sys.executable)} -m trunkline run run.toml --json --drain 5s"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"c{number},+1415555{2000 + number}\n" for number in range(CONTACTS))
    (tmp_path / "contacts.csv").write_text(f"id,phone\n{rows}")
    (tmp_path / "run.toml").write_text(CONFIG)
    return tmp_path


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script in the folder, in mounts of its own."""
    own_mounts = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    return subprocess.run(
        [*own_mounts, "sh", "-ec", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder / "home"), **variables},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "run.log").read_text().splitlines()]


def judge(folder: Path, journal: Path) -> None:
    """Dialing stopped while the journal was away, and everybody was called and accounted for."""
    log = events(folder)
    names = [event["event"] for event in log]
    away, back = names.index("journal.away"), names.index("journal.back")
    assert "dispatch.granted" not in names[away:back]
    assert "dispatch.granted" in names[back:]
    finished = Counter(event["contact"] for event in log if event["event"] == "contact.finished")
    assert finished == Counter({f"c{number}": 1 for number in range(CONTACTS)})
    assert names.count("dispatch.granted") == names.count("call.ended")
    _, _, recovered = verify(journal)
    assert recovered is not None
    assert recovered.in_doubt == ()


@pytest.mark.parametrize(
    ("call", "error", "when"),
    [
        ("fsync,fdatasync", "EIO", "20..25"),
        ("fsync,fdatasync", "ENOSPC", "21..24"),
        ("pwrite64", "EIO", "60..64"),
        ("pwrite64", "ENOSPC", "62..70"),
    ],
)
def test_a_failing_disk_stops_dialing_until_it_works_again(
    folder: Path, call: str, error: str, when: str
) -> None:
    done = shell(
        folder,
        f"exec strace -f -qq -o strace.txt -e trace={call} -e inject={call}:error={error}:when={when} {RUN}",
    )

    assert done.returncode == 0, done.stderr
    assert "INJECTED" in (folder / "strace.txt").read_text()
    judge(folder, folder / "run.journal")


def test_a_disk_that_is_filled_up_stops_dialing_before_it_is_full(folder: Path) -> None:
    done = shell(
        folder,
        f"""
        mkdir disk; mount -t tmpfs -o size=4m tmpfs disk
        {RUN} --journal disk/run.journal > summary.json &
        until grep -q dispatch.granted run.log 2> /dev/null; do sleep 0.05; done
        head -c 100m /dev/zero > disk/filler 2> /dev/null || true
        until grep -q journal.away run.log; do sleep 0.05; done
        sleep 1.5; rm disk/filler
        wait $!
        cp disk/run.journal .
        """,
    )

    assert done.returncode == 0, done.stderr
    judge(folder, folder / "run.journal")


def test_a_quota_that_is_used_up_stops_dialing_until_there_is_more(folder: Path) -> None:
    done = shell(
        folder,
        f"""
        ulimit -S -f {QUOTA_BYTES // 512}
        {RUN} > summary.json &
        until grep -q journal.away run.log 2> /dev/null; do sleep 0.05; done
        prlimit --pid $! --fsize=unlimited:
        wait $!
        """,
    )

    assert done.returncode == 0, done.stderr
    judge(folder, folder / "run.journal")
    assert (folder / "run.log").stat().st_size < QUOTA_BYTES, "it was the journal that was short of room"


def test_a_journal_that_cannot_be_written_is_refused_at_once(folder: Path) -> None:
    done = shell(
        folder,
        f"""
        mkdir disk; mount -t tmpfs -o size=4m tmpfs disk
        {RUN} --journal disk/run.journal > /dev/null
        mount -o remount,ro disk
        {RUN} --journal disk/run.journal
        """,
    )

    assert done.returncode == 2
    assert done.stderr == "--journal: disk/run.journal can't be written: the file system can only be read\n"


def test_beside_a_configuration_that_cannot_be_written_to_the_state_folder_takes_the_journal(
    folder: Path,
) -> None:
    done = shell(
        folder,
        f"""
        mkdir disk; mount -t tmpfs -o size=4m tmpfs disk
        cp run.toml contacts.csv disk; mount -o remount,ro disk
        {RUN.replace("run.toml", "disk/run.toml")} > /dev/null
        {RUN.replace("run.toml", "disk/run.toml")} > /dev/null
        """,
        XDG_STATE_HOME=str(folder / "state"),
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr == "trunkline: already finished; --fresh starts anew\n"
    (journal,) = (folder / "state" / "trunkline").glob("run-*.journal")
    assert verify(journal)[2] is not None


UNPRIVILEGED = "setpriv --bounding-set -all --inh-caps -all"
"""Runs a command as a user whom the rights of files bind, as they bind everybody but root."""


@pytest.mark.parametrize(
    ("made", "lock", "unlock"),
    [
        ("true", "chmod 555 disk state", "chmod 755 disk state"),
        ("true", "chmod 555 disk; chmod 000 state", "chmod 755 disk state"),
        (
            "mount -t tmpfs tmpfs disk; mount -t tmpfs tmpfs state",
            "mount -o remount,ro disk; mount -o remount,ro state",
            "umount disk state",
        ),
    ],
    ids=["another's folders", "a folder that can't be looked into", "a disk that can only be read"],
)
def test_where_neither_folder_for_a_journal_can_be_written_nothing_is_dialed_and_both_are_named(
    folder: Path, made: str, lock: str, unlock: str
) -> None:
    done = shell(
        folder,
        f"""
        mkdir disk state; {made}; cp run.toml contacts.csv disk; {lock}
        {UNPRIVILEGED} {RUN.replace("run.toml", "disk/run.toml")} && code=0 || code=$?
        {unlock}; exit $code
        """,
        XDG_STATE_HOME=str(folder / "state"),
    )

    assert (done.returncode, done.stdout) == (2, "")
    where = f"{folder}/disk and {folder}/state/trunkline"
    assert done.stderr == f"--journal: {where} can't be written; name a file for the journal\n"
    assert not (folder / "run.log").exists()


def test_a_state_folder_that_is_no_absolute_path_does_not_count(folder: Path) -> None:
    done = shell(
        folder,
        f"""
        mkdir disk; cp run.toml contacts.csv disk; chmod 555 disk
        {UNPRIVILEGED} {RUN.replace("run.toml", "disk/run.toml")} > summary.json
        """,
        XDG_STATE_HOME="state",
    )

    assert done.returncode == 0, done.stderr
    assert not (folder / "state").exists()
    assert len(list((folder / "home" / ".local" / "state" / "trunkline").glob("run-*.journal"))) == 1


def test_a_file_that_somebody_else_keeps_to_himself_is_named(folder: Path) -> None:
    done = shell(
        folder,
        f"""
        mkdir theirs; chmod 000 theirs
        {UNPRIVILEGED} {RUN} --journal theirs/run.journal --summary theirs/run.json --csv theirs/csv
        """.replace("--json", ""),
    )

    assert done.returncode == 2
    said = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert said == ["--journal", "--summary", "--csv"]
    assert "theirs/run.journal can't be written" in done.stderr


def test_a_killed_runs_journal_is_whole_also_where_it_can_only_be_read(folder: Path) -> None:
    done = shell(
        folder,
        f"""
        {RUN} --quiet --time-scale 0.05 > summary.json &
        until grep -q dispatch.granted run.log 2> /dev/null; do sleep 0.05; done
        kill -9 $!
        mkdir copy; cp run.journal run.journal-wal run.journal-owner copy; chmod 555 copy
        {UNPRIVILEGED} {shlex.quote(sys.executable)} -m trunkline journal verify copy/run.journal
        ls copy
        """,
    )

    assert done.returncode == 0, done.stderr
    assert "nothing is missing or was altered" in done.stdout
    assert done.stdout.split()[-3:] == ["run.journal", "run.journal-owner", "run.journal-wal"]
