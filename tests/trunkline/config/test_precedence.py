from __future__ import annotations

from pathlib import Path

import pytest

from runtime.errors import ConfigError
from trunkline.config import Config, Given, load_config, overrides


@pytest.fixture
def file(tmp_path: Path, pilot: str) -> Path:
    path = tmp_path / "pilot.toml"
    path.write_text(pilot + "\n[run]\nseed = 1\n")
    return path


@pytest.mark.parametrize(
    ("flags", "environ", "seed"),
    [
        ({}, {}, 1),
        ({}, {"TRUNKLINE_SEED": "2"}, 2),
        ({"seed": 3}, {"TRUNKLINE_SEED": "2"}, 3),
        ({"seed": None}, {"TRUNKLINE_SEED": "2"}, 2),
        ({"seed": 0}, {"TRUNKLINE_SEED": "2"}, 0),
        ({"seed": None}, {"TRUNKLINE_SEED": ""}, 1),
    ],
)
def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    file: Path, flags: dict[str, object], environ: dict[str, str], seed: int
) -> None:
    assert load_config(file, overrides=overrides(flags, environ)).run.seed == seed


def test_every_option_of_run_has_a_variable(file: Path) -> None:
    environ = {
        "TRUNKLINE_SEED": "9",
        "TRUNKLINE_CAMPAIGN": "spring",
        "TRUNKLINE_START": "2026-02-02T00:00:00Z",
        "TRUNKLINE_TIME_SCALE": "0.5",
        "TRUNKLINE_DRAIN": "1m",
        "TRUNKLINE_JOURNAL": "456",
        "TRUNKLINE_LOG_FILE": "123",
        "TRUNKLINE_LOG_LEVEL": "debug",
        "TRUNKLINE_QUIET": "1",
        "TRUNKLINE_PROGRESS": "no",
        "TRUNKLINE_DOCTOR": "off",
        "TRUNKLINE_COLOR": "never",
        "TRUNKLINE_THRESHOLD": "attempts > 0; answer_rate > 0.2",
        "TRUNKLINE_ABORT_ON_FAIL": "1h",
        "TRUNKLINE_SUMMARY": "1",
        "TRUNKLINE_CSV": "2",
        "TRUNKLINE_REPORT": "3",
    }
    run = load_config(file, overrides=overrides({}, environ)).run
    assert {f"TRUNKLINE_{option.upper()}" for option in type(run).model_fields} == set(environ)
    assert (run.seed, run.campaign, run.time_scale, run.drain) == (9, "spring", 0.5, 60.0)
    assert run.journal == "456"
    assert (run.log_file, run.log_level, run.quiet, run.progress) == ("123", "debug", True, False)
    assert run.doctor is False
    assert (run.threshold, run.abort_on_fail) == (["attempts > 0", "answer_rate > 0.2"], 3600.0)
    assert (run.summary, run.csv, run.report) == ("1", "2", "3")
    assert (run.color, run.start.isoformat()) == ("never", "2026-02-02T00:00:00+00:00")


def test_what_comes_from_elsewhere_is_named_by_where_it_came_from(file: Path) -> None:
    given = overrides({"drain": "soon"}, {"TRUNKLINE_SEED": "many", "TRUNKLINE_QUIET": "maybe"})
    with pytest.raises(ConfigError) as caught:
        load_config(file, overrides=given)
    assert sorted(map(str, caught.value.problems)) == [
        '--drain: "soon" is no duration; write a number of seconds or "30s", "15m", "2h", "1d"',
        'TRUNKLINE_QUIET: must be true or false, not "maybe"',
        'TRUNKLINE_SEED: must be a whole number, not "many"',
    ]


def test_an_override_that_is_no_option_is_refused(file: Path) -> None:
    with pytest.raises(ConfigError, match=r'run\.sed: unknown key; did you mean "seed"\?'):
        load_config(file, overrides={"sed": 1})


def test_an_application_overrides_with_plain_values(file: Path) -> None:
    assert load_config(file, overrides={"seed": 5}).run.seed == 5
    assert load_config(file, overrides={"seed": Given(6, "--seed")}).run.seed == 6


def test_no_variable_is_read_unless_it_is_handed_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_SEED", "2")
    assert Config.load(file).run.seed == 1
