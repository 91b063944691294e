"""One run of an experiment; made in whatever process an executor picks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import trio

from runtime.errors import ContactsError
from trunkline.config import Config
from trunkline.engine import RunResult
from trunkline.experiment.oracle import RegretMeter, TrueRates
from trunkline.lives import simulation
from trunkline.summary import Summary, SummaryCollector, summarize

FIGURES = ("answered", "seconds", "regret", "reached", "attempts", "answer_rate", "regret_per_call")
"""What is compared between settings, in the order in which it is shown."""


class RunSpec(msgspec.Struct, frozen=True):
    """What a run needs to know, wherever it is made.

    `digests` are the SHA-256 of the contacts files by path; a worker that
    finds another file there refuses.
    """

    fingerprint: str
    setting: Mapping[str, Any]
    seed: int
    tables: Mapping[str, Any]
    folder: str
    digests: Mapping[str, str]


class RunOutcome(msgspec.Struct, frozen=True):
    """What became of a run: one result file.

    `status` is finished, stalled or failed; a failed one has an `error` and
    nothing else.
    """

    fingerprint: str
    setting: Mapping[str, Any]
    seed: int
    status: str
    error: str | None = None
    figures: Mapping[str, float | None] | None = None
    summary: Summary | None = None


def run_one(spec: RunSpec) -> RunOutcome:
    """Make a run in virtual time; an exception becomes a failed outcome."""
    try:
        return _run(spec)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
        return RunOutcome(spec.fingerprint, spec.setting, spec.seed, "failed", failure)


def _run(spec: RunSpec) -> RunOutcome:
    for path, digest in spec.digests.items():
        if digest_of(Path(path)) != digest:
            raise ContactsError(path, "this is not the file that the experiment was planned with")
    config = Config.from_dict(spec.tables, folder=spec.folder)
    collector = SummaryCollector()
    meter = RegretMeter(TrueRates(config), config.run.start.timestamp())
    result = trio.run(partial(_dial, config, spec.seed, (collector, meter)))
    if result.failure is not None:
        raise RuntimeError(result.failure)
    summary = summarize(collector, run=result.run, seed=result.seed, reason=result.reason)
    return RunOutcome(
        spec.fingerprint,
        spec.setting,
        spec.seed,
        result.reason,
        figures=_figures(summary, meter),
        summary=summary,
    )


async def _dial(config: Config, seed: int, sinks: tuple[Any, ...]) -> RunResult:
    async with simulation(config, seed, sinks) as engine:
        return await engine.finished


def _figures(summary: Summary, meter: RegretMeter) -> dict[str, float | None]:
    return {
        "answered": summary.answered,
        "seconds": summary.seconds if summary.reason == "finished" else None,
        "regret": round(meter.regret, 6),
        "reached": summary.contacts.reached,
        "attempts": summary.attempts,
        "answer_rate": summary.answer_rate,
        "regret_per_call": round(meter.regret / meter.calls, 9) if meter.calls else None,
    }


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a contacts file; raises ContactsError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ContactsError(str(path), error.strerror or str(error)) from None
