"""Every rule reports the mutants that break it, and no other rule does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.trunkline.audit.conftest import (
    BRITONS,
    CALIFORNIANS,
    FRENCH,
    NEW_YORKERS,
    Entries,
    Simulate,
    judge,
    tables,
)
from tests.trunkline.audit.mutants import MUTANTS
from trunkline.audit import RULES

EVERYBODY = [*CALIFORNIANS[:30], *NEW_YORKERS[:20], *BRITONS[:30], *FRENCH[:20]]


QUICK = {"retry_after": {"callback": "2m"}}


def _faulty() -> dict[str, Any]:
    config = tables(max_carrier_failures=30, **QUICK)
    config["tenants"][0]["max_concurrent"] = 30
    for connection in config["connections"]:
        connection["options"] = {"failure_rate": 0.2, "changes": [{"at": "2m", "outage": "20m"}]}
    return config


def _pair() -> dict[str, Any]:
    config = tables(prefer_country_match=False)
    config["campaigns"].append({**config["campaigns"][0], "name": "summer"})
    return config


RUNS: dict[str, Callable[[], tuple[dict[str, Any], dict[str, list[str]]]]] = {
    "plain": lambda: (tables(**QUICK), {"spring": EVERYBODY}),
    "anywhere": lambda: (tables(prefer_country_match=False), {"spring": EVERYBODY}),
    "faulty": lambda: (_faulty(), {"spring": EVERYBODY}),
    "hours": lambda: (tables(calling_hours="09:00-12:00"), {"spring": EVERYBODY[:40]}),
    "masked": lambda: (tables(log_phone_numbers="masked"), {"spring": EVERYBODY[:40]}),
    "pair": lambda: (_pair(), {"spring": EVERYBODY, "summer": CALIFORNIANS[100:160]}),
}


@pytest.fixture(scope="module")
def runs(simulate: Simulate) -> dict[str, Entries]:
    return {name: simulate(*make()) for name, make in RUNS.items()}


@pytest.mark.parametrize("run", RUNS)
def test_the_runs_that_mutants_are_made_of_are_clean(runs: dict[str, Entries], run: str) -> None:
    assert judge(runs[run], complete=True).counts == {}


@pytest.mark.parametrize(
    ("rule", "run", "mutate", "name"), MUTANTS, ids=[f"{one.rule} {one.name}".strip() for one in MUTANTS]
)
def test_a_mutant_is_reported_by_the_rule_that_it_breaks_and_by_no_other(
    runs: dict[str, Entries], rule: str, run: str, mutate: Callable[[Entries], Entries], name: str
) -> None:
    report = judge(mutate(runs[run]))

    assert set(report.counts) == {rule}, report.violations
    assert all(one.expected for one in report.violations)


def test_a_log_that_breaks_off_is_reported_where_it_has_to_be_complete(runs: dict[str, Entries]) -> None:
    log = runs["plain"][:-1]

    assert judge(log).counts == {}
    assert set(judge(log, complete=True).counts) == {"log.complete"}


def test_every_rule_has_a_mutant() -> None:
    assert {one.rule for one in MUTANTS} | {"log.complete"} == {rule.name for rule in RULES}


def test_a_rule_is_named_once_and_says_what_it_asks_for() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)
