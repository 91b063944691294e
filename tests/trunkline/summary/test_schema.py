"""summary.json against its published schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from tests.trunkline.summary.conftest import tables
from trunkline.summary import SCHEMA_VERSION, Summary, SummaryCollector, summarize
from trunkline.summary.figures import ThresholdFigures
from trunkline.summary.schema import read_summary, summary_json_schema

Summarize = Callable[..., Summary]
PUBLISHED = Path(__file__).parents[3] / "docs/summary.schema.json"


def check(summary: Summary) -> Any:
    document = json.loads(msgspec.json.encode(summary))
    jsonschema.Draft202012Validator(summary_json_schema()).validate(document)
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(summary_json_schema())


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text()) == summary_json_schema()


def test_the_summary_of_a_run_is_valid(run: Summarize) -> None:
    document = check(run(tables()))

    assert document["schema_version"] == SCHEMA_VERSION


def test_the_summary_of_a_run_with_thresholds_and_warnings_is_valid(run: Summarize) -> None:
    threshold = ThresholdFigures(
        threshold="answer_rate > 0.9", figure="answer_rate", value=None, passed=False, aborted_at=60.0
    )

    check(msgspec.structs.replace(run(tables()), thresholds=[threshold], warnings=["never came"]))


def test_the_summary_of_a_run_in_which_nothing_happened_is_valid() -> None:
    check(summarize(SummaryCollector()))


def test_every_figure_of_a_real_summary_is_in_the_schema(run: Summarize) -> None:
    schema = summary_json_schema()
    strict = json.loads(json.dumps(schema))
    for definition in strict["$defs"].values():
        definition["additionalProperties"] = False

    jsonschema.validate(json.loads(msgspec.json.encode(run(tables()))), strict)


@pytest.mark.parametrize(
    ("key", "value"),
    [("attempts", -1), ("answer_rate", 1.5), ("schema_version", 99), ("numbers", {}), ("seconds", "long")],
)
def test_what_is_no_summary_is_refused(run: Summarize, key: str, value: object) -> None:
    document = json.loads(msgspec.json.encode(run(tables(), contacts=5)))

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, key: value}, summary_json_schema())


def test_a_summary_can_be_read_back(run: Summarize) -> None:
    summary = run(tables(), contacts=5)

    assert read_summary(msgspec.json.encode(summary)) == summary
