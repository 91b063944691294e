"""The same experiment on a Dask cluster: a scheduler and two worker processes, one of which is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from tests.trunkline.experiment.cluster import ROOT, Cluster, cluster
from trunkline.experiment import Progress, Results, conduct, run_one


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


def test_a_killed_worker_costs_no_run(dask: Cluster, planned: Any, tmp_path: Path) -> None:
    plan = planned("rotation=uniform,proportional", seeds=12)
    killed: list[int] = []

    with Client(dask.address, timeout=30) as client:  # type: ignore[no-untyped-call]  # it has no types
        client.wait_for_workers(2, timeout=60)

        def heard(progress: Progress) -> None:
            if not killed:
                dask.workers[0].kill()
                dask.workers[0].wait()
                killed.append(progress.done)

        executor = client.get_executor()
        outcomes = conduct(plan, executor, Results(tmp_path / "results"), heard=heard)

    assert killed[0] < len(plan.runs) - 2, "it was killed while there was work left"
    assert dask.workers[0].returncode == -9
    assert {outcome.status for outcome in outcomes} == {"finished"}
    assert outcomes[-1] == run_one(plan.runs[-1])


def test_the_command_runs_on_the_cluster_that_it_is_given(dask: Cluster, config: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", "experiment", str(config), "--seeds", "3", "--json"],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TRUNKLINE_DASK": dask.address},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert [run["status"] for run in json.loads(done.stdout)["runs"]] == ["finished"] * 3
    assert len(list((config.parent / "experiment").glob("*.json"))) == 3
