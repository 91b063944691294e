"""Plans that broke a guarantee once, or that find a broken rule: they hold now."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.simulation.plan import Plan
from tests.simulation.seeds import run_plan

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
SILENT = {"a-pool-that-may-not-offer-keeps-a-ticket"}
"""In these the journal is away as long as anybody is to be called."""


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_plan_of_the_corpus_breaks_no_guarantee(path: Path) -> None:
    plan = msgspec.json.decode(path.read_bytes(), type=Plan)
    assert (run_plan(plan).calls > 0) == (path.stem not in SILENT)


def test_there_is_a_corpus() -> None:
    assert CORPUS
