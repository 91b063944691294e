"""The doctor over a log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.doctor.advice import QUIET
from runtime.observe.events import Advice, CallEnded
from tests.trunkline.doctor.conftest import Dial, Dialed, ailment
from trunkline.doctor import Diagnosis, Verdict, Visit, events_of_log, follow_log

ROOT = Path(__file__).parents[3]


def diagnose(run: Dialed, contact: str | None = None) -> Diagnosis:
    with run.log.open("rb") as lines:
        return Visit(contact).listen(events_of_log(lines))


def doctor(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trunkline", "doctor", *arguments],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", ["number is blocked", "all numbers flagged", "slots leak"])
def test_a_log_tells_afterwards_what_was_said_live(dial: Dial, name: str) -> None:
    run = dial(replace(ailment(name), contacts=1200))

    found = diagnose(run).findings

    live = [event for event in run.of(Advice) if not event.over]
    assert live
    assert [(one.kind, one.cause, one.subject) for one in found if one.cause not in QUIET] == [
        (event.kind, event.cause, event.subject) for event in live
    ]
    evidence = [dict(one.evidence) for one in found if one.cause not in QUIET]
    assert evidence == [event.evidence for event in live]


def test_the_verdict_is_the_worst_finding(dial: Dial) -> None:
    assert diagnose(dial(replace(ailment("all numbers flagged"), contacts=700))).verdict is Verdict.ERROR


def test_a_contacts_story_is_told_in_order(dial: Dial) -> None:
    run = dial(replace(ailment("healthy"), contacts=300))
    contact = run.of(CallEnded)[40].contact

    story = diagnose(run, contact).story

    assert story is not None
    assert [line.at for line in story.lines] == sorted(line.at for line in story.lines)
    assert story.lines[-1].event == "contact.finished"
    assert story.waits_for is None


def test_a_contact_between_two_attempts_waits_for_its_retry(dial: Dial) -> None:
    run = dial(replace(ailment("healthy"), contacts=300))
    ended = next(event for event in run.of(CallEnded) if event.outcome == "no_answer")
    lines = run.log.read_bytes().splitlines()
    names = [(entry["event"], entry.get("call")) for entry in map(json.loads, lines)]
    cut = names.index(("call.ended", ended.call))

    story = Visit(ended.contact).listen(events_of_log(lines[: cut + 1])).story

    assert story is not None
    assert story.waits_for == "its retry"
    assert story.due == pytest.approx(story.lines[-1].at + 1800.0)


def test_a_log_that_grows_is_followed_to_the_engines_end(dial: Dial, tmp_path: Path) -> None:
    run = dial(replace(ailment("no number of a country"), contacts=700))
    whole = run.log.read_bytes()
    growing = tmp_path / "growing.log"
    growing.write_bytes(whole[: len(whole) // 2])
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        growing.write_bytes(whole)

    visit = Visit()
    for timed in follow_log(growing, sleep=sleep):
        if timed is not None:
            visit.feed(timed)

    assert pauses
    assert visit.diagnosis() == diagnose(run)


def test_the_command_prints_findings_with_evidence_and_exits_by_the_worst(dial: Dial) -> None:
    run = dial(replace(ailment("all numbers flagged"), contacts=700))

    done = doctor(str(run.log))
    told = json.loads(doctor(str(run.log), "--json").stdout)

    assert done.returncode == 1
    assert "stalled (no_eligible_number)" in done.stdout
    assert "unflag, resume or add a number" in done.stdout
    assert "evidence:" in done.stdout
    assert told["verdict"] == "error"
    assert {one["kind"] for one in told["findings"]} >= {"stalled"}


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["nowhere.log"], None, "nowhere.log: can't be read: there is no such file or folder"),
        (["-"], "", "-: holds no event of a log"),
        (["-"], '{"event":"call.ended"}\n{"event":"call.ended"}\n', "-:1: "),
        (["-"], "nonsense\n{}\n", "-:1: this is no JSON object"),
    ],
)
def test_what_is_no_log_is_one_clear_error(arguments: list[str], text: str | None, said: str) -> None:
    done = doctor(*arguments, text=text)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_before_a_run_the_checklist_is_printed() -> None:
    done = doctor("examples/pilot.toml")

    assert done.returncode == 3, "the pilot has warnings"
    assert "Pool capacity of spring" in done.stdout


CONFIG = """\
[[tenants]]
name = "acme"
max_concurrent = 4

[[connections]]
name = "east"
max_concurrent = 4

[[numbers]]
number = "+14155550100"
connection = "east"

[[campaigns]]
name = "spring"
primary = "+14155550100"
contacts = "contacts.csv"
max_attempts = 1
retry_after = { failed = "never" }

[run]
seed = 1
time_scale = 0.001
"""


def test_a_journal_tells_of_calls_what_a_log_does(tmp_path: Path) -> None:
    (tmp_path / "few.toml").write_text(CONFIG)
    rows = "".join(f"c{row},+1212555{2000 + row}\n" for row in range(6))
    (tmp_path / "contacts.csv").write_text(f"id,phone\n{rows}")
    subprocess.run(
        [sys.executable, "-m", "trunkline", "run", str(tmp_path / "few.toml"), "--quiet"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=110,
    )

    told = json.loads(doctor(str(tmp_path / "few.journal"), "--contact", "c3", "--json").stdout)

    assert [line["event"] for line in told["story"]["lines"]] == ["dispatch.granted", "call.ended"]
    assert told["verdict"] == "well"
