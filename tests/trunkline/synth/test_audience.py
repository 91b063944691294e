"""Synthetic audiences: shares, order, memory; and the pool beside them."""

from __future__ import annotations

import tracemalloc
from collections import Counter, deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.synth import Plan, SynthOptions, people
from trunkline.synth.audience import apportion

SHARES = {"US": 0.6, "GB": 0.3, "DE": 0.1}


def options(**changed: object) -> SynthOptions:
    given_: dict[str, object] = {"countries": SHARES, "connections": {"east": 5}, **changed}
    return SynthOptions(**given_)  # type: ignore[arg-type]  # checked by what is tested


@given(
    st.integers(0, 10**6),
    st.dictionaries(st.sampled_from(["US", "GB", "DE", "FR", "IT"]), st.floats(0.001, 1000), min_size=1),
)
def test_a_count_is_split_by_shares_to_the_last_one(count: int, shares: dict[str, float]) -> None:
    parts = apportion(count, shares)

    assert sum(parts.values()) == count
    for name, share in shares.items():
        assert abs(parts[name] - count * share / sum(shares.values())) < 1 + 1e-6


def test_countries_have_their_exact_shares_and_are_mixed() -> None:
    countries = [person.country for person in people(options(contacts=1000))]

    assert Counter(countries) == {"US": 600, "GB": 300, "DE": 100}
    assert 50 < countries[:100].count("US") < 70


@given(st.integers(0, 2**63 - 1))
@settings(max_examples=20, deadline=None)
def test_nobody_has_a_number_of_the_pool_or_of_somebody_else(seed: int) -> None:
    plan = Plan(options(contacts=300, numbers=5, seed=seed))
    pool = [number for numbers in plan.pool.values() for number in numbers]

    phones = [person.phone for person in plan.people()]

    assert len({*pool, *phones}) == 15 + 300


def test_ids_are_distinct_and_the_seed_decides() -> None:
    first = list(people(options(contacts=50)))

    assert len({person.id for person in first}) == 50
    assert first == list(people(options(contacts=50)))
    assert first != list(people(options(contacts=50, seed=2)))


def test_memory_does_not_grow_with_the_audience() -> None:
    def peak(contacts: int) -> int:
        tracemalloc.start()
        deque(people(options(contacts=contacts)), maxlen=0)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    deque(people(options(contacts=10)), maxlen=0)  # what is cached once for a region is cached
    assert peak(10_000) < peak(1_000) + 100_000


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"contacts": 0}, "--contacts: must be 1 to"),
        ({"numbers": 0}, "--numbers: must be 1 to"),
        ({"tenant_cap": 0}, "--tenant-cap: must be 1 to"),
        ({"connections": {"east": 0}}, "--connections: must be 1 to"),
        ({"answer_rate": 1.5}, "--answer-rate: 1.5 is no rate"),
        ({"answer_rate": 0.1, "answer_rate_spread": 0.2}, "--answer-rate-spread: rates would go from -0.1"),
        ({"answer_rate": 0.6, "answer_rate_spread": 0.1}, "must stay within 0 and 0.67"),
        ({"seed": -1}, "--seed: must be 0 to"),
    ],
)
def test_what_can_not_be_is_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        options(**changed)
