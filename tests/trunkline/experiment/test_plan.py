"""Which runs there are, and which are the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import ContactsError
from trunkline.experiment import BadPlan, make_plan

ROOT = Path(__file__).parents[3]


def test_every_setting_is_run_with_every_seed(planned: Any) -> None:
    plan = planned("rotation=thompson,uniform", seeds=4)

    runs = [(run.setting["rotation"], run.seed) for run in plan.runs]
    assert runs == [(rotation, seed) for rotation in ("thompson", "uniform") for seed in (1, 2, 3, 4)]
    assert len({run.fingerprint for run in plan.runs}) == 8


def test_the_same_run_has_the_same_fingerprint_in_another_plan(planned: Any) -> None:
    wide, narrow = planned("rotation=thompson,uniform", seeds=4), planned("rotation=uniform", seeds=2)

    assert {run.fingerprint for run in narrow.runs} < {run.fingerprint for run in wide.runs}


def test_another_contacts_file_is_another_run(planned: Any, config: Path) -> None:
    before = planned().runs[0].fingerprint
    contacts = config.parent / "contacts.csv"
    contacts.write_text(contacts.read_text() + "more,+12125550123\n")

    assert planned().runs[0].fingerprint != before


def test_a_comment_in_the_configuration_changes_no_run(planned: Any, config: Path) -> None:
    before = planned().runs[0].fingerprint
    config.write_text("# a comment\n" + config.read_text())

    assert planned().runs[0].fingerprint == before


def test_a_setting_that_the_configuration_refuses_is_told_with_its_name(planned: Any) -> None:
    with pytest.raises(BadPlan, match=r'rotation=unifrm: campaigns\[0\].rotation: "unifrm" is no value'):
        planned("rotation=uniform,unifrm")


def test_contacts_from_standard_input_can_not_be_read_by_every_run(planned: Any, config: Path) -> None:
    config.write_text(config.read_text().replace('"contacts.csv"', '"-"'))

    with pytest.raises(BadPlan, match="must be a file"):
        planned()


def test_a_configuration_from_standard_input_is_refused() -> None:
    with pytest.raises(BadPlan, match="must be a file"):
        make_plan("-", [{}], [1])


def test_a_contacts_file_that_is_not_there_is_told(planned: Any, config: Path) -> None:
    (config.parent / "contacts.csv").unlink()

    with pytest.raises(ContactsError, match=r"contacts\.csv"):
        planned()


def test_the_program_of_the_page_runs(config: Path) -> None:
    page = (ROOT / "docs" / "experiments.md").read_text()
    (program,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (config.parent / "program.py").write_text(program)

    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert [line.partition(" Estimate(count=5,")[0] for line in done.stdout.splitlines()] == [
        "rotation=uniform",
        "rotation=thompson",
    ]
