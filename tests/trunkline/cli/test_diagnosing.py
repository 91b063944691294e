"""`trunkline doctor` of a configuration: its exit code is by the worst finding."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def without_warnings(config: Path) -> None:
    contacts = config.parent / "contacts.csv"
    contacts.write_text(contacts.read_text().replace("bad,not a phone\n", ""))
    config.write_text(config.read_text().replace("max_concurrent = 4", "max_concurrent = 40", 1))


def test_a_configuration_without_a_warning_exits_with_0(config: Path, trunkline: Command) -> None:
    without_warnings(config)

    done = trunkline("doctor", str(config))

    assert "⚠" not in done.stdout
    assert "✗" not in done.stdout
    assert done.returncode == 0, done.stderr


def test_a_configuration_with_a_warning_exits_with_3_as_a_log_does(config: Path, trunkline: Command) -> None:
    without_warnings(config)
    config.write_text(config.read_text() + "recording = false\n")

    done = trunkline("doctor", str(config))

    assert "⚠ Recording is off" in done.stdout
    assert done.returncode == 3, done.stderr


def test_a_configuration_with_an_error_exits_with_1_where_check_exits_with_2(
    config: Path, trunkline: Command
) -> None:
    config.write_text(config.read_text().replace('name = "east"\n', 'name = "east"\nenabled = false\n', 1))

    done = trunkline("doctor", str(config), "--json")

    (report,) = json.loads(done.stdout)
    assert "error" in [finding["level"] for finding in report["findings"]]
    assert done.returncode == 1, done.stderr
    assert trunkline("check", str(config)).returncode == 2


def test_a_configuration_that_can_not_be_read_exits_with_2(config: Path, trunkline: Command) -> None:
    config.write_text("tenants = [\n")

    done = trunkline("doctor", str(config))

    assert done.returncode == 2
    assert f"{config}:1:11: " in done.stderr
