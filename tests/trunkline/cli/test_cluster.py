"""What `trunkline cluster` and `trunkline check` say of the shared state."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from runtime.ledger.holder import Holder
from runtime.ledger.resource import Kind, Resource
from runtime.ledger.standing import standing_of
from tests.runtime.ledger.fleet import EAST, Fleet
from trunkline.cli.app import app
from trunkline.fleet.cluster import sum_up

if TYPE_CHECKING:
    from tests.servers.redis_server import RedisServer

FILE = """
[[tenants]]
name = "acme"
max_concurrent = 5
[[connections]]
name = "east"
max_concurrent = 10
[[numbers]]
number = "+14155550100"
connection = "east"
[[campaigns]]
name = "spring"
primary = "+14155550100"
contacts = "contacts.csv"
"""


def written(folder: Path, url: str | None) -> str:
    (folder / "contacts.csv").write_text("id,phone\n1,+12125550111\n")
    state = "" if url is None else f'[state]\nurl = "{url}"\n'
    (folder / "pilot.toml").write_text(FILE + state)
    return str(folder / "pilot.toml")


@pytest.fixture
def fleet() -> tuple[Fleet, Holder, Holder]:
    """Two daemons on a connection of 10; one uses 6 and wants 4 more, the other 4."""
    fleet = Fleet(limit=10)
    first, second = fleet.daemon("one"), fleet.daemon("two")
    fleet.learned(first, second)
    for _ in range(4):
        fleet.state(first, uses=first.holds, wants=6)
        fleet.state(second, uses=second.holds, wants=6)
        fleet.now += 1.0
    return fleet, first, second


def test_a_limit_of_which_nothing_is_left_binds(fleet: tuple[Fleet, Holder, Holder]) -> None:
    standing = standing_of(EAST, fleet[0].server.records(EAST, "test"))
    assert standing is not None
    assert (standing.limit, standing.held, standing.lapsed) == (10, 10, 0)
    assert {share.node for share in standing.shares} == {"one", "two"}
    found = sum_up("test", [standing])
    assert found.binds == ("connection:east",)
    assert [member.alive for member in found.daemons] == [True, True]


def test_what_a_lapsed_daemon_held_is_counted_and_for_how_long_yet(
    fleet: tuple[Fleet, Holder, Holder],
) -> None:
    ledger, first, _ = fleet
    for _ in range(20):
        ledger.state(first, uses=first.holds, wants=6)
        ledger.now += 1.0
    standing = standing_of(EAST, ledger.server.records(EAST, "test"))
    assert standing is not None
    (gone,) = [share for share in standing.shares if share.lapsed_seconds is not None]
    assert gone.node == "two"
    assert standing.lapsed == gone.holds == 4
    member = sum_up("test", [standing]).daemons[1]
    assert not member.alive
    assert member.lapsed_seconds is not None
    assert 0 < member.lapsed_seconds <= 75.0


def test_a_resource_that_nobody_has_stated_is_left_out() -> None:
    assert standing_of(Resource(Kind.TENANT, "acme"), {}) is None


def test_without_shared_state_there_is_no_cluster(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["cluster", written(tmp_path, None)])
    assert told.exit_code == 2


def test_a_server_that_does_not_answer_is_a_failure(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["cluster", written(tmp_path, "redis://127.0.0.1:1")])
    assert told.exit_code == 1


def test_an_empty_cluster_is_printed_and_written_as_json(tmp_path: Path, redis_server: RedisServer) -> None:
    file = written(tmp_path, redis_server.url)
    told = CliRunner().invoke(app, ["cluster", file, "--json"])
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert (found["namespace"], found["daemons"], found["binds"]) == ("acme", [], [])
    printed = CliRunner().invoke(app, ["cluster", file])
    assert "What binds: nothing" in printed.stdout


def test_daemons_with_a_carrier_of_their_own_can_be_looked_at(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    file = Path(written(tmp_path, redis_server.url))
    file.write_text(file.read_text().replace('name = "east"', 'name = "east"\ncarrier = "mine"'))
    told = CliRunner().invoke(app, ["cluster", str(file), "--json"])
    assert told.exit_code == 0


def test_the_check_warns_of_a_server_that_keeps_nothing(tmp_path: Path, redis_server: RedisServer) -> None:
    redis_server.client().config_set("appendonly", "no")
    told = CliRunner().invoke(app, ["check", written(tmp_path, redis_server.url), "--json"])
    (report,) = json.loads(told.stdout)
    found = {finding["kind"]: finding["sentence"] for finding in report["findings"]}
    assert "appendonly" in found["state_not_appending"]


def test_the_check_says_that_the_state_is_away(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["check", written(tmp_path, "redis://127.0.0.1:1"), "--json"])
    (report,) = json.loads(told.stdout)
    (away,) = [finding for finding in report["findings"] if finding["kind"] == "state_away"]
    assert away["sentence"].endswith("refused.")


@pytest.mark.parametrize("command", ["run", "check", "cluster", "pause"])
def test_without_the_redis_package_a_command_says_what_to_install(tmp_path: Path, command: str) -> None:
    arguments = [command, written(tmp_path, "redis://127.0.0.1:1")]
    arguments += ["--campaign", "spring"] if command == "pause" else []
    absent = "import sys; sys.modules['redis'] = None; from trunkline.cli import main; main()"

    told = subprocess.run(
        [sys.executable, "-c", absent, *arguments], capture_output=True, text=True, timeout=60, check=False
    )

    assert told.returncode == 2
    assert told.stderr == "trunkline: [state] needs redis: pip install 'trunkline[redis]'\n"
