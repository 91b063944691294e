"""One run of an experiment."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import msgspec

from trunkline.experiment import run_one
from trunkline.experiment.work import FIGURES


def test_a_run_tells_its_figures_and_its_summary(planned: Any) -> None:
    outcome = run_one(planned(seeds=1).runs[0])

    assert outcome.status == "finished"
    assert outcome.error is None
    assert outcome.figures is not None
    assert tuple(outcome.figures) == FIGURES
    assert outcome.summary is not None
    assert outcome.figures["answered"] == outcome.summary.answered > 0


def test_the_same_run_comes_to_the_same(planned: Any) -> None:
    spec = planned(seeds=1).runs[0]

    assert msgspec.json.encode(run_one(spec)) == msgspec.json.encode(run_one(spec))


def test_a_run_can_be_sent_to_another_process_and_back(planned: Any) -> None:
    spec = planned(seeds=1).runs[0]
    sent = pickle.loads(pickle.dumps(spec))

    outcome = run_one(sent)

    assert pickle.loads(pickle.dumps(outcome)) == outcome
    assert outcome.fingerprint == spec.fingerprint


def test_a_worker_that_has_another_contacts_file_refuses(planned: Any, config: Path) -> None:
    spec = planned(seeds=1).runs[0]
    (config.parent / "contacts.csv").write_text("id,phone\n1,+12125550123\n")

    outcome = run_one(spec)

    assert outcome.status == "failed"
    assert "not the file that the experiment was planned with" in (outcome.error or "")
    assert outcome.figures is None


def test_a_run_that_stalls_has_no_time_to_finish(planned: Any, config: Path) -> None:
    flags = "".join(
        f'\n[[scenario.events]]\nat = "10s"\nkind = "flag_number"\nnumber = "{number}"\n'
        for number in ("+14155550100", "+12125550101")
    )
    config.write_text(config.read_text() + flags)

    outcome = run_one(planned(seeds=1).runs[0])

    assert outcome.status == "stalled"
    assert outcome.figures is not None
    assert outcome.figures["seconds"] is None
    assert outcome.figures["answered"] is not None
