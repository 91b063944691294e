from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.settings import (
    CallingHours,
    CampaignSettings,
    ConnectionSettings,
    NumberSettings,
    Rotation,
    WhenFull,
)
from runtime.calls import E164
from runtime.carriers.options import NumberChange, NumberOptions, SimulatedOptions
from runtime.errors import ConfigError
from trunkline.config import Config, load_config
from trunkline.config.models import CampaignTable, ConnectionTable, FileTable, NumberTable

EXAMPLE = Path(__file__).parents[3] / "examples" / "pilot.toml"
US, GB = E164("+14155550100"), E164("+442071838750")


@pytest.fixture
def tables(pilot: str) -> dict[str, Any]:
    return tomllib.loads(pilot)


def campaign_of(tables: dict[str, Any], **options: object) -> CampaignSettings:
    tables["campaigns"][0].update(options)
    return Config.from_dict(tables).settings().campaigns[0]


def problems_of(tables: Any, **options: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_dict(tables, **options)
    return [str(problem) for problem in caught.value.problems]


def test_every_default_is_the_settings_own(tables: dict[str, Any]) -> None:
    settings = Config.from_dict(tables).settings()
    assert settings.campaigns[0] == CampaignSettings(name="spring", tenant="acme", primary=US, pool=(US, GB))
    assert settings.connections[0] == ConnectionSettings(name="east", max_concurrent=25)
    assert settings.numbers[0] == NumberSettings(number=US, tenant="acme", connection="east")


def test_every_setting_has_its_option() -> None:
    renamed = {"mask_phone_numbers": "log_phone_numbers", "calling_hours": "calling_hours"}
    for settings, table in (
        (CampaignSettings, CampaignTable),
        (ConnectionSettings, ConnectionTable),
        (NumberSettings, NumberTable),
    ):
        names = {renamed.get(field, field) for field in settings.__struct_fields__}
        assert names <= set(table.model_fields)


def test_options_reach_the_settings(tables: dict[str, Any]) -> None:
    campaign = campaign_of(
        tables,
        default_region="US",
        prefer_country_match=False,
        prefer_area_match=True,
        nearby_hours=3,
        match_when_full="spill",
        sticky_when_full="spill",
        rotation="thompson",
        prior_attempts=5,
        half_life_attempts=50,
        exploration=0.2,
        max_attempts=5,
        max_carrier_failures=4,
        default_timezone="Asia/Kolkata",
        start_at="2026-03-01T09:00:00Z",
        priority=-2,
        max_ring_seconds="30s",
        max_call_seconds="2h",
        dispositions=["sold"],
        max_concurrent=7,
        share=3,
        keep_open=True,
        recording=False,
        log_phone_numbers="full",
    )
    assert campaign == CampaignSettings(
        name="spring",
        tenant="acme",
        primary=US,
        pool=(US, GB),
        default_region="US",
        prefer_country_match=False,
        prefer_area_match=True,
        nearby_hours=3.0,
        match_when_full=WhenFull.SPILL,
        sticky_when_full=WhenFull.SPILL,
        rotation=Rotation.THOMPSON,
        prior_attempts=5.0,
        half_life_attempts=50.0,
        exploration=0.2,
        max_attempts=5,
        max_carrier_failures=4,
        retry_after={"no_answer": 7200, "busy": 900, "failed": 300, "voicemail": 14400, "unknown": 7200},
        default_timezone="Asia/Kolkata",
        start_at=1772355600.0,
        priority=-2,
        max_ring_seconds=30.0,
        max_call_seconds=7200.0,
        dispositions=("sold",),
        max_concurrent=7,
        share=3,
        keep_open=True,
        recording=False,
        mask_phone_numbers=False,
    )


def test_the_primary_joins_the_pool_by_itself(tables: dict[str, Any]) -> None:
    assert campaign_of(tables, pool=[GB]).pool == (US, GB)
    assert campaign_of(tables, pool=[GB, US]).pool == (GB, US)
    assert campaign_of(tables, pool=[]).pool == (US,)


def test_retry_delays_are_merged_over_the_defaults(tables: dict[str, Any]) -> None:
    delays = campaign_of(tables, retry_after={"busy": "never", "rejected": "1d", "completed": 60}).retry_after
    assert delays == {
        "no_answer": 7200.0,
        "failed": 300.0,
        "voicemail": 14400.0,
        "callback": 3600.0,
        "unknown": 3600.0,
        "rejected": 86400.0,
        "completed": 60.0,
    }


def test_an_unknown_outcome_is_retried_after_the_longest_call(tables: dict[str, Any]) -> None:
    assert campaign_of(tables, max_call_seconds=600).retry_after["unknown"] == 600.0
    assert campaign_of(tables, retry_after={"unknown": 5}).retry_after["unknown"] == 5.0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, None),
        ({"calling_hours": "09:00-17:00"}, CallingHours(((540, 1020),))),
        ({"calling_days": ["mon", "fri"]}, CallingHours((), frozenset({0, 4}))),
        (
            {"calling_hours": ["08:00-09:00"], "calling_days": ["sat"]},
            CallingHours(((480, 540),), frozenset({5})),
        ),
    ],
)
def test_calling_hours_and_days_are_one_setting(
    tables: dict[str, Any], options: dict[str, Any], expected: CallingHours | None
) -> None:
    assert campaign_of(tables, **options).calling_hours == expected


@pytest.mark.parametrize(
    ("written", "simulated", "masked"),
    [
        (None, False, True),
        (None, True, False),
        ("masked", True, True),
        ("masked", False, True),
        ("full", False, False),
        ("full", True, False),
    ],
)
def test_phone_numbers_are_masked_unless_simulated_or_said_otherwise(
    tables: dict[str, Any], written: str | None, simulated: bool, masked: bool
) -> None:
    tables["campaigns"][0]["log_phone_numbers"] = written
    settings = Config.from_dict(tables).settings(simulated=simulated)
    assert settings.campaigns[0].mask_phone_numbers is masked


def given_two_tenants(tables: dict[str, Any]) -> None:
    tables["tenants"].append({"name": "beta", "max_concurrent": 1})
    for row in (*tables["numbers"], *tables["campaigns"]):
        row["tenant"] = "acme"


def test_with_several_tenants_each_number_and_campaign_names_its_own(tables: dict[str, Any]) -> None:
    given_two_tenants(tables)
    del tables["numbers"][0]["tenant"]
    assert problems_of(tables) == [
        'numbers[0]: missing key "tenant": there are several; one of "acme", "beta"'
    ]


def test_a_pool_takes_no_number_of_another_tenant(tables: dict[str, Any]) -> None:
    given_two_tenants(tables)
    tables["numbers"][1]["tenant"] = "beta"
    assert problems_of(tables) == [
        f'campaigns[0].pool[1]: "{GB}" belongs to tenant "beta", not "acme"',
    ]


def test_contacts_are_looked_for_beside_the_configuration(tmp_path: Path, pilot: str) -> None:
    file = tmp_path / "pilot.toml"
    file.write_text(pilot + 'contacts_encoding = "cp1252"\n')
    contacts = load_config(file).contacts["spring"]
    assert contacts is not None
    assert (contacts.path, contacts.encoding) == (tmp_path / "contacts.csv", "cp1252")


def test_contacts_may_be_absolute_standard_input_or_left_to_the_application(tables: dict[str, Any]) -> None:
    def contacts(written: str | None) -> Path | str | None:
        tables["campaigns"][0]["contacts"] = written
        file = Config.from_dict(tables, folder="/x").contacts["spring"]
        return "none" if file is None else file.path

    assert contacts("/data/a.csv") == Path("/data/a.csv")
    assert contacts("a.csv") == Path("/x/a.csv")
    assert contacts("-") is None
    assert contacts(None) == "none"


def test_the_simulated_carriers_options_go_to_each_connection_and_number(tables: dict[str, Any]) -> None:
    tables["connections"][0]["options"] = {
        "answer_rate": 0.4,
        "talk_seconds": "2m",
        "real_limit": 20,
        "changes": [{"at": "2h", "outage": "10m"}],
    }
    tables["numbers"][0]["simulated"] = {"answer_rate": 0.1, "changes": [{"at": "1h", "answer_rate": 0.05}]}
    config = Config.from_dict(tables)
    options, numbers = config.simulated("east")
    assert (options.answer_rate, options.talk_seconds, options.real_limit) == (0.4, 120.0, 20)
    assert (options.busy_rate, options.changes[0].at, options.changes[0].outage) == (0.05, 7200.0, 600.0)
    change = NumberChange(at=3600.0, answer_rate=0.05)
    assert numbers == {US: NumberOptions(answer_rate=0.1, changes=(change,))}
    assert config.simulated("west") == (SimulatedOptions(), {})
    with pytest.raises(KeyError):
        config.simulated("north")


def test_an_application_brings_its_own_carriers_with_options_of_their_own(tables: dict[str, Any]) -> None:
    tables["connections"][0].update(carrier="mine", options={"host": "sip.example", "ports": [1, 2]})
    assert problems_of(tables) == ['connections[0].carrier: no carrier "mine"; one of "simulated"']
    config = Config.from_dict(tables, carriers={"mine": object()})
    assert config.carriers[0].carrier == "mine"
    assert config.carriers[0].options == {"host": "sip.example", "ports": [1, 2]}
    assert config.simulated("east")[0] == SimulatedOptions()


def test_a_number_of_another_carrier_has_nothing_to_simulate(tables: dict[str, Any]) -> None:
    tables["connections"][0]["carrier"] = "mine"
    tables["numbers"][0]["simulated"] = {"answer_rate": 0.1}
    assert problems_of(tables, carriers=["mine"]) == [
        'numbers[0].simulated: connection "east" has carrier "mine", not the simulated one'
    ]


def test_events_are_in_the_order_of_their_time(tables: dict[str, Any]) -> None:
    tables["scenario"] = {
        "events": [
            {"at": "1h", "kind": "unflag_number", "number": "+1 415 555 0100"},
            {"at": 5, "kind": "tenant_cap", "limit": 3},
            {"at": 6, "kind": "add_number", "number": "+4930901820", "connection": "west"},
            {"at": 7, "kind": "flag_number", "number": "+4930901820", "reason": "new"},
            {"at": 8, "kind": "connection_limit", "connection": "west", "limit": 1},
            {"at": 9, "kind": "cancel_campaign", "campaign": "spring"},
        ]
    }
    events = Config.from_dict(tables).scenario
    assert [(event.at, event.kind) for event in events] == [
        (5.0, "tenant_cap"),
        (6.0, "add_number"),
        (7.0, "flag_number"),
        (8.0, "connection_limit"),
        (9.0, "cancel_campaign"),
        (3600.0, "unflag_number"),
    ]
    assert events[0].tenant == events[1].tenant == "acme"
    assert events[-1].number == US


def test_an_application_writes_values_its_own_way(tables: dict[str, Any]) -> None:
    campaign = tables["campaigns"][0]
    campaign["pool"] = tuple(campaign["pool"])
    campaign["contacts"] = Path("a.csv")
    campaign["max_ring_seconds"] = datetime.timedelta(seconds=30)
    campaign["rotation"] = Rotation.UNIFORM
    campaign["max_concurrent"] = None
    campaign["start_at"] = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
    settings = Config.from_dict(tables).settings().campaigns[0]
    assert (settings.max_ring_seconds, settings.rotation) == (30.0, Rotation.UNIFORM)
    assert (settings.max_concurrent, settings.start_at) == (None, 1772355600.0)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1, 2}, "campaigns[0].pool: must be a list, not a Python set"),
        (iter("ab"), "campaigns[0].pool: must be a list, not a Python str_ascii_iterator"),
        ([b"x"], "campaigns[0].pool[0]: must be text, not a Python bytes"),
        (["\ud800"], "campaigns[0].pool[0]: holds half a character (a lone surrogate)"),
    ],
)
def test_what_toml_can_not_hold_is_named(tables: dict[str, Any], value: object, message: str) -> None:
    tables["campaigns"][0]["pool"] = value
    assert problems_of(tables) == [message]


@pytest.mark.parametrize("data", [None, 3, "x", [], object()])
def test_what_is_no_mapping_is_refused(data: object) -> None:
    (problem,) = problems_of(data)
    assert problem.startswith("must be a mapping of tables, not a Python ")


def test_a_circle_is_refused(tables: dict[str, Any]) -> None:
    options: dict[str, Any] = {}
    options["again"] = options
    tables["connections"][0]["options"] = options
    (problem,) = problems_of(tables)
    assert problem.startswith("connections[0].options")
    assert problem.endswith("nested deeper than 16; no option is")


def test_a_key_that_is_no_text_is_refused(tables: dict[str, Any]) -> None:
    tables["tenants"][0][7] = 1
    assert problems_of(tables) == ["tenants[0]: holds a key that is no text"]


def test_the_fingerprint_is_of_the_meaning(tmp_path: Path, pilot: str, tables: dict[str, Any]) -> None:
    file = tmp_path / "other.toml"
    file.write_text(
        "# a comment\n"
        + pilot.replace('"+14155550100"\nconnection', '"+1 415 555 0100"\nconnection')
        + 'max_attempts = 3\nretry_after.busy = "15m"\n[run]\nseed = 3\n'
    )
    mark = Config.from_dict(tables).fingerprint()
    assert load_config(file).fingerprint() == mark
    assert len(mark) == 64


@pytest.mark.parametrize(
    ("table", "option", "value"),
    [
        ("tenants", "max_concurrent", 41),
        ("connections", "options", {"answer_rate": 0.31}),
        ("connections", "enabled", False),
        ("numbers", "simulated", {"answer_rate": 0.31}),
        ("numbers", "status", "paused"),
        ("campaigns", "max_attempts", 4),
        ("campaigns", "calling_days", ["mon"]),
        ("campaigns", "contacts", "other.csv"),
        ("campaigns", "contacts_encoding", "cp1252"),
        ("campaigns", "log_phone_numbers", "full"),
    ],
)
def test_the_fingerprint_changes_with_the_meaning(
    tables: dict[str, Any], table: str, option: str, value: object
) -> None:
    before = Config.from_dict(tables).fingerprint()
    tables[table][0][option] = value
    assert Config.from_dict(tables).fingerprint() != before


def test_the_fingerprint_is_the_same_in_another_process(tables: dict[str, Any]) -> None:
    tables["campaigns"][0].update(calling_days=["sun", "mon", "wed"], retry_after={"rejected": 3})
    code = (
        "import json, sys; from trunkline.config import Config;"
        "print(Config.from_dict(json.load(sys.stdin)).fingerprint())"
    )
    marks = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(tables),
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(EXAMPLE.parents[1])},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert marks == {Config.from_dict(tables).fingerprint()}


def test_the_schema_describes_every_option() -> None:
    schema = Config.json_schema()
    json.dumps(schema)
    for name, table in schema["$defs"].items():
        for key, option in table["properties"].items():
            assert option.get("description"), f"{name}.{key} has no description"
            assert option.get("title") or "$ref" in option or "anyOf" in option
    assert set(schema["properties"]) == set(FileTable.model_fields)
    assert schema["$defs"]["ConnectionTable"]["additionalProperties"] is False


def test_the_schemas_references_are_all_there() -> None:
    text = json.dumps(Config.json_schema())
    names = set(Config.json_schema()["$defs"])
    assert {part.split('"')[0] for part in text.split("#/$defs/")[1:]} <= names


def test_the_example_is_sound() -> None:
    config = load_config(EXAMPLE)
    settings = config.settings(simulated=True)
    assert len(settings.numbers) >= 5
    assert len(settings.connections) == 2
    assert sum(line.max_concurrent for line in settings.connections) > settings.tenants[0].max_concurrent
    assert any(event.kind == "flag_number" for event in config.scenario)
    msgspec.json.encode(settings)


def test_the_configuration_loads_no_heavy_module() -> None:
    code = (
        "import sys, trunkline.config;"
        "heavy = {'redis', 'sqlite3', 'typer', 'rich', 'phonenumbers.geocoder', 'phonenumbers.geodata'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=EXAMPLE.parents[1])


@pytest.mark.parametrize("table", ["tenants", "connections", "numbers", "campaigns"])
def test_an_empty_list_of_tables_is_refused(pilot: str, table: str) -> None:
    tables = {**tomllib.loads(pilot), table: []}

    with pytest.raises(ConfigError, match=rf"{table}: there are none; add a \[\[{table}\]\] table"):
        Config.from_dict(tables)
