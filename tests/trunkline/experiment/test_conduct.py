"""Have runs made by an executor, keep each, and go on from what is kept."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.trunkline.experiment.executors import Here
from trunkline.experiment import Broken, Progress, Results, conduct
from trunkline.experiment.work import RunOutcome


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def test_every_run_has_its_result_file(planned: Any, results: Results) -> None:
    plan = planned("rotation=thompson,uniform", seeds=2)

    outcomes = conduct(plan, Here(), results)

    assert [outcome.fingerprint for outcome in outcomes] == [run.fingerprint for run in plan.runs]
    files = {path.stem: json.loads(path.read_bytes()) for path in results.folder.iterdir()}
    assert set(files) == {run.fingerprint for run in plan.runs}
    assert all(file["status"] == "finished" and file["summary"] for file in files.values())


def test_what_is_kept_is_not_made_again(planned: Any, results: Results) -> None:
    conduct(planned(seeds=2), Here(), results)
    again = Here()

    outcomes = conduct(planned(seeds=3), again, results)

    assert len(again.made) == 1
    assert [outcome.seed for outcome in outcomes] == [1, 2, 3]


def test_a_result_file_that_was_cut_off_is_made_again(planned: Any, results: Results) -> None:
    (run,) = planned(seeds=1).runs
    conduct(planned(seeds=1), Here(), results)
    path = results.folder / f"{run.fingerprint}.json"
    path.write_bytes(path.read_bytes()[:50])
    again = Here()

    with pytest.warns(UserWarning, match="is damaged, so its run is made again"):
        conduct(planned(seeds=1), again, results)

    assert again.made == [run.fingerprint]


def test_a_failed_run_is_made_again_only_when_told_to(planned: Any, results: Results) -> None:
    plan = planned(seeds=2)
    first = plan.runs[0]
    results.keep(RunOutcome(first.fingerprint, first.setting, first.seed, "failed", "no memory"))
    left, retried = Here(), Here()

    assert [one.status for one in conduct(plan, left, results)] == ["failed", "finished"]
    assert [one.status for one in conduct(plan, retried, results, retry_failed=True)] == ["finished"] * 2
    assert (len(left.made), retried.made) == (1, [first.fingerprint])


def test_a_lost_run_costs_only_itself(planned: Any, results: Results) -> None:
    plan = planned(seeds=4)

    with pytest.raises(Broken, match="1 of 4 runs were lost: RuntimeError: the worker died"):
        conduct(plan, Here(loses=1), results)

    assert sum(results.read(run.fingerprint) is not None for run in plan.runs) == 3
    assert len(conduct(plan, Here(), results)) == 4


def test_an_interrupt_cancels_what_has_not_begun(planned: Any, results: Results) -> None:
    with pytest.raises(KeyboardInterrupt):
        conduct(planned(seeds=4), Here(stops=2), results)


def test_progress_is_told_run_by_run(planned: Any, results: Results) -> None:
    conduct(planned(seeds=1), Here(), results)
    heard: list[Progress] = []

    conduct(planned(seeds=3), Here(), results, heard=heard.append)

    assert heard[-1] == Progress(runs=3, kept=1, done=3, failed=0)
    assert [progress.done for progress in heard] == [2, 3]


def test_any_executor_comes_to_the_same(planned: Any, results: Results, tmp_path: Path) -> None:
    plan = planned(seeds=3)
    with ThreadPoolExecutor(1) as threads:
        there = conduct(plan, threads, Results(tmp_path / "threads"))

    assert there == conduct(plan, Here(), results)
