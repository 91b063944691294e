"""What a run leaves besides its log, and its exit code where thresholds fail."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from runtime.errors import ConfigError
from trunkline.cli.outputs import Outputs
from trunkline.config import RunTable
from trunkline.summary import SummaryCollector, summarize
from trunkline.summary.schema import summary_json_schema

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def outputs(**options: object) -> Outputs:
    return Outputs(RunTable.model_validate({name: str(value) for name, value in options.items()}))


def test_a_simulation_writes_its_summary_and_its_tables(
    config: Path, trunkline: Command, tmp_path: Path
) -> None:
    done = trunkline(
        *("simulate", str(config), "--seed", "1", "--summary", "summary.json", "--csv", "tables", "--json"),
        *("--threshold", "answer_rate > 1 %"),
    )

    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "summary.json").read_text())
    jsonschema.validate(document, summary_json_schema())
    assert document == json.loads(done.stdout)
    assert (tmp_path / "tables/numbers.csv").read_text().startswith("campaign,number,connection,")
    assert [one["passed"] for one in document["thresholds"]] == [True]


def test_a_failed_threshold_ends_with_3_and_says_so(config: Path, trunkline: Command) -> None:
    config.write_text(config.read_text() + '\n[thresholds]\nanswer_rate = "> 0.99"\n')

    done = trunkline("simulate", str(config), "--seed", "1")

    assert done.returncode == 3
    assert "trunkline: threshold failed: answer_rate > 0.99 (" in done.stderr
    assert "Thresholds" in done.stdout


def test_a_threshold_may_stop_the_run(config: Path, trunkline: Command) -> None:
    done = trunkline(
        *("simulate", str(config), "--seed", "1", "--json"),
        TRUNKLINE_THRESHOLD="answer_rate > 0.99; attempts > 0",
        TRUNKLINE_ABORT_ON_FAIL="5m",
    )

    assert done.returncode == 3, done.stderr
    summary = json.loads(done.stdout)
    assert [one["aborted_at"] for one in summary["thresholds"]] == [300.0, None]
    assert summary["reason"] == "closed"
    assert summary["campaigns"][0]["finished"] is False
    assert (
        "--threshold 'answer_rate > 0.99' --threshold 'attempts > 0' --abort-on-fail 5m" in summary["repeat"]
    )


def test_what_names_no_figure_is_told_before_anything_starts(config: Path, trunkline: Command) -> None:
    done = trunkline(
        "simulate",
        str(config),
        "--threshold",
        "answer_rat > 0.5",
        "--log-file",
        "never.log",
        "--summary",
        "s",
    )

    assert done.returncode == 2
    assert (
        done.stderr
        == '--threshold: "answer_rat > 0.5": no figure "answer_rat"; did you mean "answer_rate"?\n'
    )
    assert not (config.parent / "never.log").exists()


def test_a_path_that_cannot_be_written_is_told_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError) as caught:
        outputs(summary=tmp_path / "nowhere/summary.json", csv=tmp_path / "file")

    assert [str(problem) for problem in caught.value.problems] == [
        f"--summary: there is no folder {tmp_path}/nowhere",
        f"--csv: {tmp_path}/file is a file; name a folder for the tables",
    ]


def test_a_summary_replaces_the_one_before_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text("x" * 100_000)

    failures = outputs(summary=path).write(summarize(SummaryCollector()), SummaryCollector())

    assert failures == []
    assert json.loads(path.read_text())["attempts"] == 0
    assert [one.name for one in tmp_path.iterdir()] == ["summary.json"]


def test_what_cannot_be_written_in_the_end_is_said_of_each_file(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    made = outputs(summary=folder / "summary.json", csv=tmp_path / "tables")
    folder.rmdir()

    failures = made.write(summarize(SummaryCollector()), SummaryCollector())

    assert failures == [f"{folder}/summary.json can't be written: there is no such file or folder"]
    assert (tmp_path / "tables/run.csv").exists()


def test_no_output_is_written_over_what_is_read(tmp_path: Path) -> None:
    config = tmp_path / "pilot.toml"
    config.write_text("# mine")

    with pytest.raises(ConfigError) as raised:
        Outputs(RunTable.model_validate({"summary": str(config)}), [config])

    (problem,) = raised.value.problems
    assert "is read by this run; name another file" in problem.render()


def test_contacts_whose_links_lead_in_a_circle_are_told_of(config: Path, trunkline: Command) -> None:
    (config.parent / "round.csv").symlink_to("round.csv")
    config.write_text(re.sub(r'contacts = ".*"', 'contacts = "round.csv"', config.read_text()))

    done = trunkline("simulate", str(config))

    assert done.returncode == 2
    assert "round.csv: can't be read: " in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_no_file_is_named_for_two_outputs(tmp_path: Path) -> None:
    file = str(tmp_path / "one")

    with pytest.raises(ConfigError) as raised:
        Outputs(RunTable.model_validate({"summary": file, "log_file": file}))

    assert "is --log-file already" in raised.value.problems[0].render()


@pytest.mark.parametrize("option", ["summary", "report", "log_file", "csv"])
def test_a_place_where_no_file_can_be_made_is_told_before_the_run(option: str) -> None:
    with pytest.raises(ConfigError) as raised:
        outputs(**{option: "/proc/x"})

    (problem,) = raised.value.problems
    flag = "--" + option.replace("_", "-")
    assert problem.render() == f"{flag}: /proc/x can't be written: there is no such file or folder"


def test_trying_whether_an_output_can_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "there.log").write_text("a line\n")

    outputs(
        summary=tmp_path / "s.json",
        report=tmp_path / "r.html",
        csv=tmp_path / "a/b",
        log_file=tmp_path / "there.log",
    )

    assert [one.name for one in tmp_path.iterdir()] == ["there.log"]
    assert (tmp_path / "there.log").read_text() == "a line\n"


def test_a_summary_goes_to_standard_output_and_the_tables_beside_it(
    config: Path, trunkline: Command, tmp_path: Path
) -> None:
    done = trunkline("simulate", str(config), "--seed", "1", "--summary", "-")

    assert done.returncode == 0, done.stderr
    jsonschema.validate(json.loads(done.stdout), summary_json_schema())
    assert "Contacts" in done.stderr
    assert not (tmp_path / "-").exists()


def test_a_log_on_standard_output_is_alone_there(config: Path, trunkline: Command) -> None:
    done = trunkline("simulate", str(config), "--seed", "1", "--log-file", "-")

    assert done.returncode == 0, done.stderr
    assert all(json.loads(line)["event"] for line in done.stdout.splitlines())
    assert "repeat: trunkline simulate" in done.stderr


@pytest.mark.parametrize(
    ("options", "both"),
    [
        (("--log-file", "-", "--json"), "--log-file - and --json"),
        (("--log-file", "-", "--summary", "-"), "--log-file - and --summary -"),
        (("--report", "-", "--json"), "--report - and --json"),
    ],
)
def test_two_results_on_standard_output_are_refused(
    config: Path, trunkline: Command, options: tuple[str, ...], both: str
) -> None:
    done = trunkline("simulate", str(config), *options)

    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{both} would be mixed on standard output; name a file for all but one" in done.stderr


def test_an_event_that_never_happened_is_told_with_its_time_as_people_say_it(
    config: Path, trunkline: Command
) -> None:
    config.write_text(
        config.read_text()
        + '\n[[scenario.events]]\nat = "21d"\nkind = "pause_campaign"\ncampaign = "spring"\n'
    )

    done = trunkline("simulate", str(config), "--seed", "1")

    assert "warning: pause_campaign spring at 21 d never happened: the run had ended" in done.stdout


def test_a_journal_that_can_not_be_written_is_told_before_the_run(config: Path, trunkline: Command) -> None:
    for path, said in (
        ("/proc/x", "--journal: /proc/x can't be written: there is no such file or folder\n"),
        (".", "--journal: . is a folder; name a file in it\n"),
        ("nowhere/x", "--journal: there is no folder nowhere\n"),
    ):
        done = trunkline("run", str(config), "--journal", path)

        assert (done.returncode, done.stderr) == (2, said)


def test_a_journal_that_is_not_there_is_a_wrong_argument(config: Path, trunkline: Command) -> None:
    missing, folder = trunkline("journal", "show", "nowhere"), trunkline("journal", "verify", ".")

    assert (missing.returncode, missing.stderr) == (2, "trunkline: nowhere: there is no such journal\n")
    assert (folder.returncode, folder.stderr) == (2, "trunkline: .: this is a folder; a journal is a file\n")
