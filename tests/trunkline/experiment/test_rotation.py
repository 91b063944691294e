"""What docs/experiments.md says of rotation holds, over fewer seeds and people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.experiment.executors import Here
from trunkline.experiment import Results, conduct, make_plan, reckon
from trunkline.experiment.reckoning import SettingReckoning

EXPERIMENTS = Path(__file__).parents[3] / "examples" / "experiments"
PEOPLE = 300


def weighted_and_uniform(name: str, folder: Path) -> tuple[SettingReckoning, SettingReckoning]:
    """Run an experiment of the library over 8 seeds: proportional, and its lead over uniform."""
    path = folder / f"{name}.toml"
    path.write_text((EXPERIMENTS / path.name).read_text().replace("count = 1000", f"count = {PEOPLE}"))
    plan = make_plan(path, [{"rotation": "uniform"}, {"rotation": "proportional"}], range(1, 9))
    uniform, weighted = reckon(plan, conduct(plan, Here(), Results(folder / "results"))).settings
    return weighted, uniform


def test_weighted_rotation_answers_more_where_numbers_differ_and_slots_are_free(tmp_path: Path) -> None:
    weighted, _ = weighted_and_uniform("numbers-differ", tmp_path)

    answered, regret = weighted.differences["answered"], weighted.differences["regret"]
    assert answered.low is not None
    assert answered.low > 0
    assert regret.high is not None
    assert regret.high < 0


def test_weighted_rotation_answers_no_fewer_where_numbers_are_alike(tmp_path: Path) -> None:
    weighted, uniform = weighted_and_uniform("numbers-alike", tmp_path)

    answered = weighted.differences["answered"]
    assert (answered.mean, answered.low, answered.high) == (0.0, 0.0, 0.0)
    assert uniform.figures["answered"].mean is not None
    assert uniform.figures["answered"].mean > 0.2 * PEOPLE
    assert weighted.figures["regret"].mean == 0.0


def test_where_connections_are_full_rotation_decides_next_to_nothing(tmp_path: Path) -> None:
    weighted, uniform = weighted_and_uniform("connections-full", tmp_path)

    answered = weighted.differences["answered"].mean
    assert answered is not None
    assert abs(answered) < 0.05 * (uniform.figures["answered"].mean or 0)
    assert (uniform.figures["regret"].mean or 0) < 0.01 * PEOPLE, "nobody has a choice to make"


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.toml")), ids=lambda path: path.stem)
def test_an_experiment_of_the_library_says_what_it_shows(path: Path) -> None:
    assert path.read_text().startswith("# ")
    assert "count = 1000\n" in path.read_text()
