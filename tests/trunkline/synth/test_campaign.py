"""The configuration of a synthetic campaign."""

from __future__ import annotations

import tomllib
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.config import Config
from trunkline.synth import Plan, SynthOptions, configuration, read_connections, read_countries
from trunkline.synth.campaign import answer_rates


@given(
    countries=st.sets(st.sampled_from(["US", "GB", "DE", "FR", "IN", "BR", "AU"]), min_size=1),
    numbers=st.integers(1, 8),
    connections=st.dictionaries(
        st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20),
        st.integers(1, 1000),
        min_size=1,
        max_size=5,
    ),
    cap=st.none() | st.integers(1, 1000),
    spread=st.floats(0, 0.3),
    seed=st.integers(0, 2**63 - 1),
)
@settings(max_examples=40, deadline=None)
def test_a_configuration_is_sound_whatever_it_is_made_from(
    countries: set[str], numbers: int, connections: dict[str, int], cap: int | None, spread: float, seed: int
) -> None:
    options = SynthOptions(
        contacts=1,
        countries=dict.fromkeys(sorted(countries), 1.0),
        numbers=numbers,
        connections=connections,
        tenant_cap=cap,
        answer_rate_spread=spread,
        seed=seed,
    )
    text = configuration(options, Plan(options), command="trunkline synth")

    settings_ = Config.from_dict(tomllib.loads(text)).settings()

    (campaign,) = settings_.campaigns
    assert len(campaign.pool) == len(settings_.numbers) == numbers * len(countries)
    assert {one.name: one.max_concurrent for one in settings_.connections} == connections
    (tenant,) = settings_.tenants
    assert tenant.max_concurrent == (cap or sum(connections.values()))


@given(st.integers(2, 50), st.floats(0, 0.3))
def test_answer_rates_lie_evenly_around_their_mean(numbers: int, spread: float) -> None:
    options = SynthOptions(
        countries={"US": 1}, connections={"east": 1}, numbers=numbers, answer_rate_spread=spread
    )

    rates = answer_rates(options, "US")

    assert fmean(rates) == pytest.approx(0.3, abs=1e-5)
    assert max(rates) - min(rates) == pytest.approx(2 * spread, abs=1e-5)


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        ("US=0.6,GB=0.3,DE=0.1", {"US": 0.6, "GB": 0.3, "DE": 0.1}),
        (" US = 2 , GB = 1", {"US": 2.0, "GB": 1.0}),
        ("US,GB", {"US": 1.0, "GB": 1.0}),
    ],
)
def test_countries_are_written_with_their_shares(written: str, shares: dict[str, float]) -> None:
    assert read_countries(written) == shares


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("UK=1", 'no region "UK"; did you mean "GB"'),
        ("", "no region"),
        ("US=0", "the share of US must be more than 0"),
        ("US=x", '"x" is no share of US'),
        ("US=nan", "the share of US must be more than 0"),
        ("US=inf", "the share of US must be more than 0"),
        ("US=1,US=2", "US stands twice"),
        ("US=1=2", "no region"),
    ],
)
def test_countries_that_can_not_be_are_refused(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_countries(written)


@pytest.mark.parametrize(
    ("written", "limits"),
    [("east=25,west=15", {"east": 25, "west": 15}), ("3x5", {"trunk1": 5, "trunk2": 5, "trunk3": 5})],
)
def test_connections_are_written_with_their_limits(written: str, limits: dict[str, int]) -> None:
    assert read_connections(written) == limits


@pytest.mark.parametrize("written", ["", "east", "east=", "east=many", "0x5", "east=1,east=2", "a\u0085b=1"])
def test_connections_that_can_not_be_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="--connections"):
        read_connections(written)


def test_the_command_that_wrote_it_stands_in_it(tmp_path: Path) -> None:
    options = SynthOptions(countries={"US": 1}, connections={"east": 1})

    assert "\n# trunkline synth --seed 1\n" in configuration(
        options, Plan(options), command="trunkline synth --seed 1"
    )
