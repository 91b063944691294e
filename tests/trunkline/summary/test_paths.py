"""Figures by their dotted paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trunkline.summary.conftest import tables
from trunkline.summary import Summary
from trunkline.summary.paths import (
    all_figures,
    dotted_path,
    figure_of,
    figures,
    known_figures,
    parse_path,
)

Summarize = Callable[..., Summary]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("answer_rate", ("answer_rate",)),
        ("wait.retry.p95", ("wait", "retry", "p95")),
        ('number."+14155550100".share', ("number", "+14155550100", "share")),
        ("number.+14155550100.share", ("number", "+14155550100", "share")),
        ('campaign."Spring 2.0".reached', ("campaign", "Spring 2.0", "reached")),
        (r'connection."a \"b\"".peak', ("connection", 'a "b"', "peak")),
    ],
)
def test_a_path_is_read(text: str, path: tuple[str, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "wait.", ".p95", "wait..p95", 'wait."p95', "wait p95", '"a"b'])
def test_what_is_no_path_is_none(text: str) -> None:
    assert parse_path(text) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4).map(tuple))
def test_a_path_is_read_back_as_it_was_written(path: tuple[str, ...]) -> None:
    assert parse_path(dotted_path(path)) == path


def test_figures_are_found_by_path(run: Summarize) -> None:
    summary = run(tables())
    tree = figures(summary)
    east = next(one for one in summary.connections if one.connection == "east")

    assert figure_of(tree, ("answer_rate",)) == summary.answer_rate
    assert figure_of(tree, ("connection", "east", "peak")) == east.peak
    assert figure_of(tree, ("wait", "p95")) == summary.waits.all.p95
    assert figure_of(tree, ("wait", "first", "p95")) == summary.waits.first.p95
    assert figure_of(tree, ("outcome", "busy")) == summary.outcomes["busy"]
    assert figure_of(tree, ("campaign", "spring", "reached")) == summary.campaigns[0].reached
    assert figure_of(tree, ("contact", "rejected")) == 1
    assert figure_of(tree, ("try", "1", "attempts")) == summary.tries[0].attempts
    assert figure_of(tree, ("number", "+14155550100", "answer_rate")) == summary.numbers[0].answer_rate
    assert (
        figure_of(tree, ("campaign", "spring", "number", "+14155550100", "weight"))
        == summary.numbers[0].weight
    )


def test_a_figure_that_nothing_was_counted_for_has_no_value(run: Summarize) -> None:
    tree = figures(run(tables()))

    assert figure_of(tree, ("number", "+4930901820", "answer_rate")) is None
    assert figure_of(tree, ("tier", "area", "attempts")) is None
    assert figure_of(tree, ("connection", "east")) is None


def test_a_number_is_added_up_over_its_campaigns(run: Summarize) -> None:
    both = tables()
    both["campaigns"] = [{**both["campaigns"][0], "name": name} for name in ("spring", "autumn")]
    summary = run(both)

    found = figure_of(figures(summary), ("number", "+14155550100", "attempts"))

    rows = [one.attempts for one in summary.numbers if one.number == "+14155550100"]
    assert len(rows) == 2
    assert found == sum(rows)


def test_what_is_known_beforehand_has_the_shape_of_what_is_found(run: Summarize) -> None:
    known = known_figures(
        tenants=["acme"],
        connections=["east", "west"],
        campaigns=["spring"],
        numbers=["+14155550100", "+442071838750", "+4930901820"],
    )

    for path, _ in all_figures(figures(run(tables()))):
        node: Any = known
        for part in path:
            assert part in node, path
            node = node[part]
        assert not isinstance(node, Mapping)
