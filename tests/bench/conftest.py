"""Run a bench with tiny sizes and read what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

Quick = Callable[..., dict[str, Any]]


@pytest.fixture
def quick(capsys: pytest.CaptureFixture[str]) -> Quick:
    """Run `python -m bench.NAME --quick --json` here; what it printed."""

    def run(name: str, *arguments: str) -> dict[str, Any]:
        import_module(f"bench.{name}").main(["--quick", "--json", *arguments])
        figures: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert figures["bench"] == name
        assert all(ratio["value"] > 0 for ratio in figures["ratios"])
        return figures

    return run
