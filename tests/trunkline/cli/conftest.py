"""A small campaign on disk, and the command line as its user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

CONFIG = """
[[tenants]]
name = "acme"
max_concurrent = 4

[[connections]]
name = "east"
max_concurrent = 3

[[connections]]
name = "west"
max_concurrent = 3

[[numbers]]
number = "+14155550100"
connection = "east"

[[numbers]]
number = "+442071838750"
connection = "west"

[[campaigns]]
name = "spring"
primary = "+14155550100"
pool = ["+442071838750"]
contacts = "contacts.csv"
"""

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    phones = [f"+1415555{2000 + number}" for number in range(40)]
    rows = "".join(f"c{number},{phone}\n" for number, phone in enumerate(phones))
    (tmp_path / "contacts.csv").write_text("id,phone\n" + rows + "bad,not a phone\n")
    path = tmp_path / "pilot.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def trunkline(tmp_path: Path) -> Command:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "trunkline", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            timeout=120,
            check=False,
        )

    return run
