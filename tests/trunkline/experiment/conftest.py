"""A small campaign on disk, and plans of runs of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trunkline.experiment import Plan, make_plan
from trunkline.experiment.grid import read_settings

CONFIG = """
[[tenants]]
name = "acme"
max_concurrent = 6

[[connections]]
name = "east"
max_concurrent = 20

[[numbers]]
number = "+14155550100"
connection = "east"
simulated = { answer_rate = 0.05 }

[[numbers]]
number = "+12125550101"
connection = "east"
simulated = { answer_rate = 0.6 }

[[campaigns]]
name = "spring"
primary = "+14155550100"
pool = ["+12125550101"]
contacts = "contacts.csv"
max_attempts = 1
"""

Planned = Callable[..., Plan]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    rows = "".join(f"c{number},+1415555{2000 + number}\n" for number in range(60))
    (tmp_path / "contacts.csv").write_text("id,phone\n" + rows)
    path = tmp_path / "pilot.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def planned(config: Path) -> Planned:
    """Plan runs of the campaign over settings, as they are written after --set, and seeds."""

    def plan(*written: str, seeds: int = 3) -> Plan:
        return make_plan(config, read_settings(written), range(1, seeds + 1))

    return plan
