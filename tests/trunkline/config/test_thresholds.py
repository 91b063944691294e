"""Thresholds as people write them, and what is said of those that name nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runtime.errors import ConfigError
from trunkline.config import Config, overrides
from trunkline.thresholds import Comparison, Threshold

BASE = """
[[tenants]]
name = "acme"
max_concurrent = 5

[[connections]]
name = "east"
max_concurrent = 5

[[numbers]]
number = "+1 415 555 0100"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"

[[campaigns]]
name = "autumn"
primary = "+14155550100"

[[scenario.events]]
at = "1h"
kind = "add_number"
number = "+442071838750"
connection = "east"
"""


def load(folder: Path, toml: str = "", **run: Any) -> Config:
    path = folder / "pilot.toml"
    path.write_text(BASE + toml)
    return Config.load(path, overrides=run)


def complaints(folder: Path, toml: str = "", **run: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, toml, **run)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def figures_of(config: Config) -> list[tuple[str, Comparison, float]]:
    return [(".".join(one.figure), one.comparison, one.limit) for one in config.thresholds]


@pytest.mark.parametrize(
    ("written", "comparison", "limit"),
    [
        ("> 0.25", Comparison.ABOVE, 0.25),
        (">=0.25", Comparison.AT_LEAST, 0.25),
        ("< 25 %", Comparison.BELOW, 0.25),
        ("<= 10m", Comparison.AT_MOST, 600.0),
        ("== 2h", Comparison.EQUAL, 7200.0),
        ("!= -1", Comparison.OTHER, -1.0),
        ("  >  .5  ", Comparison.ABOVE, 0.5),
        ("< 1d", Comparison.BELOW, 86400.0),
    ],
)
def test_a_comparison_is_read(tmp_path: Path, written: str, comparison: Comparison, limit: float) -> None:
    config = load(tmp_path, f'[thresholds]\nanswer_rate = "{written}"\n')

    assert figures_of(config) == [("answer_rate", comparison, limit)]


def test_a_figure_is_named_by_dotted_keys_quoted_or_not(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
[thresholds]
wait.p95 = "< 10m"
"wait.retry.p99" = "< 1h"
connection.east.peak = ["> 0", "<= 5"]
number."+1 415 555 0100".share = "> 0"
number."+442071838750".attempts = "> 0"
try.2.answer_rate = "> 0"
tier.country.attempts = "> 0"

[thresholds.campaign.spring]
reached = "> 10"
number."+14155550100".weight = "> 0.1"
""",
    )

    assert [figure for figure, _, _ in figures_of(config)] == [
        "wait.p95",
        "wait.retry.p99",
        "connection.east.peak",
        "connection.east.peak",
        "number.+14155550100.share",
        "number.+442071838750.attempts",
        "try.2.answer_rate",
        "tier.country.attempts",
        "campaign.spring.reached",
        "campaign.spring.number.+14155550100.weight",
    ]


def test_a_threshold_may_stop_the_run_after_a_delay(tmp_path: Path) -> None:
    config = load(
        tmp_path, '[thresholds]\nanswer_rate = { must = "> 0.2", abort_on_fail = true, after = "10m" }\n'
    )

    assert config.thresholds == (
        Threshold(
            text="answer_rate > 0.2",
            figure=("answer_rate",),
            comparison=Comparison.ABOVE,
            limit=0.2,
            abort_after=600.0,
        ),
    )


def test_texts_of_the_command_line_join_those_of_the_file(tmp_path: Path) -> None:
    flags = {"threshold": ["wait.p95<10m", 'connection."east".peak <= 5'], "abort_on_fail": "5m"}

    config = load(tmp_path, '[thresholds]\nanswer_rate = "> 0.2"\n', **overrides(flags, {}))

    assert [(one.text, one.abort_after) for one in config.thresholds] == [
        ("answer_rate > 0.2", None),
        ("wait.p95<10m", 300.0),
        ('connection."east".peak <= 5', 300.0),
    ]


def test_the_variable_holds_several_texts(tmp_path: Path) -> None:
    environ = {"TRUNKLINE_THRESHOLD": "answer_rate > 0.2; attempts > 5\n", "TRUNKLINE_ABORT_ON_FAIL": "60"}

    config = load(tmp_path, "", **overrides({"threshold": []}, environ))

    assert [(one.text, one.abort_after) for one in config.thresholds] == [
        ("answer_rate > 0.2", 60.0),
        ("attempts > 5", 60.0),
    ]


def test_what_is_said_of_a_campaign_that_is_not_dialed_is_left_out(tmp_path: Path) -> None:
    toml = (
        '[thresholds]\nattempts = "> 0"\ncampaign.spring.reached = "> 0"\ncampaign.autumn.reached = "> 0"\n'
    )

    config = load(tmp_path, toml, campaign="autumn")

    assert [figure for figure, _, _ in figures_of(config)] == ["attempts", "campaign.autumn.reached"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('answer_rat = "> 1"', 'answer_rat: no figure "answer_rat"; did you mean "answer_rate"?'),
        ('wait.cuont = "> 1"', 'wait.cuont: wait has no figure "cuont"; did you mean "count"?'),
        ('connection.eest.peak = "> 1"', 'connection.eest: no connection "eest"; did you mean "east"?'),
        (
            'connection.east.peek = "> 1"',
            'connection.east.peek: connection.east has no figure "peek"; did you mean "peak"?',
        ),
        ('outcome.bussy = "> 1"', 'outcome.bussy: outcome has no figure "bussy"; did you mean "busy"?'),
        (
            'campaign.sprnig.reached = "> 1"',
            'campaign.sprnig: no campaign "sprnig"; did you mean "spring"?',
        ),
        (
            'number."+14155550101".share = "> 1"',
            'number."+14155550101": no number "+14155550101"; did you mean "+14155550100"?',
        ),
        ('"wait.cuont" = "> 1"', '"wait.cuont": wait has no figure "cuont"; did you mean "count"?'),
        ('connection.east = "> 1"', "connection.east: connection.east is no figure but a table of them"),
        ("answer_rate = 0.25", 'answer_rate: must be a comparison as in "> 0.25", not 0.25'),
        (
            'answer_rate = "0.25"',
            'answer_rate: "0.25" is no comparison; write it as in "> 0.25", "<= 95 %" or "< 10m"',
        ),
        ('answer_rate = { must = "> x" }', "answer_rate.must: "),
        ('answer_rate = { musst = "> 1" }', 'answer_rate.musst: unknown key; did you mean "must"?'),
        (
            'answer_rate = { must = "> 1", after = "1h" }',
            "answer_rate.after: after is when abort_on_fail begins; set abort_on_fail = true",
        ),
        (
            'answer_rate = { must = "> 1", abort_on_fail = 1 }',
            "answer_rate.abort_on_fail: must be true or false, not 1",
        ),
        ('answer_rate = { must = "> 1", abort_on_fail = true, after = "x" }', 'answer_rate.after: "x" is no'),
        ('try.0.attempts = "> 1"', 'try.0: try has no figure "0"'),
    ],
)
def test_a_threshold_that_means_nothing_is_an_error_at_its_place(
    tmp_path: Path, line: str, complaint: str
) -> None:
    found = complaints(tmp_path, f"[thresholds]\n{line}\n")

    assert any(f": thresholds.{complaint}" in one for one in found), found
    assert all(one.startswith("pilot.toml:28:") for one in found), found


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("answer_rate", "\"answer_rate\" is no threshold; write it as in 'answer_rate > 0.25'"),
        ("> 0.25", "is no threshold"),
        ("answer_rat > 0.2", 'no figure "answer_rat"; did you mean "answer_rate"?'),
        ("wait > 3", "wait is no figure but a table of them"),
        ("answer_rate.x > 3", "answer_rate is a figure itself; nothing follows it"),
        ("answer_rate > often", '"> often" is no comparison'),
        ('number."+14155550100 > 1', "is no threshold"),
    ],
)
def test_a_text_that_means_nothing_is_an_error_of_its_flag(tmp_path: Path, text: str, complaint: str) -> None:
    (found,) = complaints(tmp_path, "", **overrides({"threshold": [text]}, {}))

    assert found.startswith("--threshold: ")
    assert complaint in found


def test_a_wrong_name_elsewhere_is_not_told_twice(tmp_path: Path) -> None:
    toml = '[thresholds]\nconnection.east.peak = "> 1"\n'

    found = complaints(tmp_path, "[[connections]]\nname = 5\nmax_concurrent = 1\n" + toml)

    assert len(found) == 1
    assert "connections[1].name" in found[0]


def test_a_delay_to_abort_after_without_a_threshold_is_an_error(tmp_path: Path) -> None:
    toml = '[thresholds]\nattempts = "> 0"\n'

    (found,) = complaints(tmp_path, toml, **overrides({"abort_on_fail": "5m"}, {}))

    assert found.startswith(
        "--abort-on-fail: it says when a failing --threshold stops the run, and there is none"
    )
