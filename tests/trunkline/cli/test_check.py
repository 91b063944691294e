"""`check`, `capacity` and `init`: before the first call."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_sound_campaign_passes_with_its_ceiling_and_audience(config: Path, trunkline: Command) -> None:
    done = trunkline("check", str(config))

    assert done.returncode == 0, done.stderr
    assert "✓ The primary number +14155550100 is active and in the pool." in done.stdout
    assert "ceiling 4 (tenant_cap binds)" in done.stdout
    assert "a country match 100.0 %" in done.stdout


def test_a_rejected_row_is_counted_with_its_reason(config: Path, trunkline: Command) -> None:
    done = trunkline("check", str(config), "--json")

    (report,) = json.loads(done.stdout)
    assert report["audience"]["rejected"] == 1
    assert report["audience"]["by_reason"] == {"letters": 1}
    assert "rejected_rows" in [finding["kind"] for finding in report["findings"]]


def test_a_primary_that_is_not_active_blocks(config: Path, trunkline: Command) -> None:
    paused = config.read_text().replace(
        'connection = "east"\n', 'connection = "east"\nstatus = "paused"\n', 1
    )
    config.write_text(paused)

    done = trunkline("check", str(config))

    assert done.returncode == 2
    assert "✗ The primary number +14155550100 is paused" in done.stdout


def test_a_primary_on_a_disabled_connection_blocks(config: Path, trunkline: Command) -> None:
    config.write_text(config.read_text().replace('name = "east"\n', 'name = "east"\nenabled = false\n', 1))

    done = trunkline("check", str(config))

    assert done.returncode == 2
    assert "✗ The primary number +14155550100 is on a disabled connection" in done.stdout
    assert "a country match 0.0 %" in done.stdout


def test_a_country_that_no_number_covers_is_named_with_its_share(config: Path, trunkline: Command) -> None:
    contacts = config.parent / "contacts.csv"
    contacts.write_text(contacts.read_text() + "".join(f"f{n},+33123456{n:03}\n" for n in range(40)))

    done = trunkline("check", str(config))

    assert "⚠ No number covers FR: 40 contacts, 50.0 % of the audience." in done.stdout


def test_recording_that_is_off_is_a_warning(config: Path, trunkline: Command) -> None:
    config.write_text(config.read_text() + "recording = false\n")

    assert "⚠ Recording is off" in trunkline("check", str(config)).stdout


def test_more_numbers_on_one_connection_add_no_capacity(config: Path, trunkline: Command) -> None:
    text = config.read_text().replace("max_concurrent = 4", "max_concurrent = 40")
    config.write_text(text)
    before = json.loads(trunkline("capacity", str(config), "--json").stdout)
    more = '\n[[numbers]]\nnumber = "+12125552368"\nconnection = "east"\n\n[[campaigns]]'
    text = text.replace("\n[[campaigns]]", more).replace("pool = [", 'pool = ["+12125552368", ')
    config.write_text(text)

    after = json.loads(trunkline("capacity", str(config), "--json").stdout)

    assert before[0]["ceiling"] == after[0]["ceiling"] == 6
    assert after[0]["connections"][0]["eligible_numbers"] == 2


def test_what_init_writes_checks_clean_and_is_never_overwritten(trunkline: Command, tmp_path: Path) -> None:
    first = trunkline("init", "new")
    again = trunkline("init", "new")
    checked = trunkline("check", "new/trunkline.toml", "--json")

    assert first.returncode == 0, first.stderr
    assert again.returncode == 2
    assert "not overwritten" in again.stderr
    assert checked.returncode == 0, checked.stderr
    (report,) = json.loads(checked.stdout)
    assert report["audience"]["rejected"] == 0


def test_init_says_in_words_why_it_can_not_write(trunkline: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for folder, said in (
        ("file/new", "file/new can't be written: part of that path is a file, not a folder"),
        ("/proc/new", "/proc/new can't be written: there is no such file or folder"),
        ("file", "file can't be written: there is a file of that name"),
    ):
        done = trunkline("init", folder)

        assert done.returncode == 2
        assert done.stderr == f"trunkline: {said}\n"


def test_why_a_row_will_be_rejected_is_said_of_the_first_for_each_reason(
    config: Path, trunkline: Command
) -> None:
    (config.parent / "contacts.csv").write_text(
        "phone,timezone\n+14155552671,Europe/Berlin\n+14155552672,europe/berlin\n+14155552673,utc+1\n12,\n"
    )

    done = trunkline("check", str(config))

    assert "⚠ 3 of 4 rows will be rejected: 2 bad_timezone (row 2: " in done.stdout
    assert "'europe/berlin' is no timezone; did you mean 'Europe/Berlin'?)" in done.stdout
    assert "Audience: 1 contact" in [line.strip() for line in done.stdout.splitlines()]
