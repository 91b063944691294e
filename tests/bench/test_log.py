from __future__ import annotations

import json
import sys

import pytest

from bench import log


def test_it_tells_every_way_and_its_ratio_to_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.log", "--events", "60", "--json"])

    log.main()

    ways = {row["way"]: row for row in json.loads(capsys.readouterr().out)["ways"]}
    assert list(ways) == [
        "trunkline",
        "trunkline, buffered",
        "json.dumps",
        "structlog as it comes",
        "below the level",
        "nobody listens",
    ]
    assert ways["trunkline"]["ratio"] == 1
    assert all(row["microseconds"] > 0 for row in ways.values())
