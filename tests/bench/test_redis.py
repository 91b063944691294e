from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.redis import EMBEDDED, FAR, KINDS, LEASED, SCRIPT, TWO, Kind, turn
from bench.sharing.daemon import Way


def test_leased_slots_cost_few_commands_and_a_script_one_a_call(tmp_path: Path) -> None:
    turns = {}
    for way in (Way.LEASED, Way.SCRIPT):
        folder = tmp_path / way.name
        folder.mkdir()
        turns[way] = turn(folder, Kind(way), seconds=0.5, contacts=20_000, warm=0.3)

    assert turns[Way.LEASED].commands < turns[Way.SCRIPT].commands / 2
    assert 0.5 < turns[Way.SCRIPT].commands < 2  # calls come in bursts, and the window cuts some


def test_it_tells_the_cost_of_each_way_and_the_ratios(quick: Any) -> None:
    figures = quick("redis")

    assert [row["way"] for row in figures["rows"]] == list(KINDS) == [EMBEDDED, LEASED, TWO, SCRIPT, FAR]
    ratios = {ratio["name"]: ratio for ratio in figures["ratios"]}
    assert ratios[f"{LEASED} / {EMBEDDED}"]["at_least"] == 0.7
    assert ratios[f"{LEASED} / {SCRIPT}"]["at_least"] == 5
    assert ratios["two daemons / one"]["at_least"] == 1.4
    assert ratios["Redis commands a dispatch"]["at_most"] == 0.1
