"""Whatever is in the file, loading it succeeds or raises ConfigError, and nothing else."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.errors import ConfigError
from trunkline.config import Config, Problem
from trunkline.config.models import CampaignTable, ConnectionTable, EventTable, NumberTable, RunTable
from trunkline.config.reading import decode, parse

PILOT = (Path(__file__).parents[3] / "examples" / "pilot.toml").read_text()
SIGNS = st.sampled_from([b"[", b"}", b'"""', b"\n"])
LINES = PILOT.split("\n")


def load(data: bytes) -> None:
    """Load bytes as a file is loaded; every problem must render."""
    try:
        source = decode("pilot.toml", data)
        Config._checked(parse(source), (), None, source, Path())
    except ConfigError as error:
        check(error)


def check(error: ConfigError) -> None:
    assert error.problems
    for problem in error.problems:
        assert isinstance(problem, Problem)
        assert str(problem).isprintable()
        assert all(line.isprintable() for line in problem.render().split("\n"))


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    load(data)


@given(st.text(alphabet="[]{}=.,\"'#\n ab1\\\té+-:TZ\0", max_size=120))
def test_any_text_of_toml_signs(text: str) -> None:
    load(text.encode())


@given(st.data())
def test_the_example_with_bytes_cut_doubled_or_replaced(data: st.DataObject) -> None:
    text = bytearray(PILOT.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        match data.draw(st.sampled_from(["cut", "double", "replace"])):
            case "cut":
                del text[start:end]
            case "double":
                text[start:start] = text[start:end]
            case _:
                text[start:end] = data.draw(
                    st.binary(max_size=6) | st.sampled_from([b"[", b"}", b'"""', b"\n"])
                )
        if not text:
            break
    load(bytes(text))


@given(st.lists(st.sampled_from(LINES), max_size=40))
def test_the_examples_lines_in_any_order(lines: list[str]) -> None:
    load("\n".join(lines).encode())


WORDS = ["2h", "never", "+14155552671", "east", "spring", "acme", "UTC", "-", "mon", "simulated"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, 10**20, -1])
    | st.builds(lambda: 10**5000)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.dates()
    | st.binary(max_size=3)
)
KEYS = st.sampled_from(
    sorted(
        {
            *CampaignTable.model_fields,
            *ConnectionTable.model_fields,
            *NumberTable.model_fields,
            *EventTable.model_fields,
            *RunTable.model_fields,
            "answer_rate",
            "changes",
            "events",
            "busy",
        }
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def from_dict(tables: Any) -> None:
    try:
        config = Config.from_dict(tables, carriers=["mine"])
    except ConfigError as error:
        check(error)
    else:
        assert config.settings().campaigns
        assert config.fingerprint()
        for carrier in config.carriers:
            config.simulated(carrier.connection)


TABLES = ["tenants", "connections", "numbers", "campaigns"]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_example_with_any_options_set_to_anything(data: st.DataObject) -> None:
    tables: dict[str, Any] = tomllib.loads(PILOT)
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from([*tables[data.draw(st.sampled_from(TABLES))], tables["run"]]))
        row[data.draw(KEYS)] = data.draw(VALUES)
    from_dict(tables)


@given(st.dictionaries(st.sampled_from([*TABLES, "run", "scenario"]), VALUES))
def test_any_tables(tables: dict[str, Any]) -> None:
    from_dict(tables)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(EventTable.model_fields)), VALUES), max_size=3))
def test_any_events(events: list[dict[str, Any]]) -> None:
    from_dict({**tomllib.loads(PILOT), "scenario": {"events": events}})


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_options_of_the_simulated_carrier(options: dict[str, Any], simulated: dict[str, Any]) -> None:
    tables = tomllib.loads(PILOT)
    tables["connections"][0]["options"] = options
    tables["numbers"][0]["simulated"] = simulated
    from_dict(tables)
