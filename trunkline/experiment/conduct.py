"""Have the runs of an experiment made by an executor, and keep each as it comes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, as_completed

import msgspec

from trunkline.experiment.plan import Plan
from trunkline.experiment.results import Results
from trunkline.experiment.work import RunOutcome, run_one


class Broken(RuntimeError):
    """Workers died, so some runs have no outcome; those that have one are kept."""


class Progress(msgspec.Struct, frozen=True):
    """How far an experiment is: runs, those kept from before, done, failed."""

    runs: int
    kept: int
    done: int
    failed: int


def conduct(
    plan: Plan,
    executor: Executor,
    results: Results,
    *,
    retry_failed: bool = False,
    heard: Callable[[Progress], None] | None = None,
) -> list[RunOutcome]:
    """Make the runs that have no result yet, and return all outcomes in the plan's order.

    Any `concurrent.futures.Executor` will do: its workers need this package
    and the contacts files at the same paths. Each outcome is written to
    `results` here as soon as it comes, so whatever interrupts this loses no
    run that was done. Runs that failed before are made again only with
    `retry_failed`. Raises Broken where the executor lost runs.
    """
    known = {spec.fingerprint: results.read(spec.fingerprint) for spec in plan.runs}
    outcomes = {
        name: outcome
        for name, outcome in known.items()
        if outcome is not None and not (retry_failed and outcome.status == "failed")
    }
    kept = len(outcomes)
    to_do = {spec.fingerprint: spec for spec in plan.runs if spec.fingerprint not in outcomes}
    futures: dict[Future[RunOutcome], str] = {}
    lost: list[str] = []
    try:
        for name, spec in to_do.items():
            futures[executor.submit(run_one, spec)] = name
        for future in as_completed(futures):
            error = future.exception()
            if error is not None:
                lost.append(f"{type(error).__name__}: {error}")
            else:
                outcome = future.result()
                results.keep(outcome)
                outcomes[outcome.fingerprint] = outcome
            if heard is not None:
                failed = sum(one.status == "failed" for one in outcomes.values())
                heard(Progress(len(known), kept, len(outcomes), failed))
    finally:
        for future in futures:
            future.cancel()
    if lost:
        raise Broken(f"{len(lost)} of {len(to_do)} runs were lost: {lost[0]}")
    return [outcomes[spec.fingerprint] for spec in plan.runs]
