"""The examples run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("example", "last"),
    [
        ("embed_trio.py", "done"),
        ("embed_asyncio.py", "done closed"),
        ("embed_sync.py", "done closed"),
        ("own_carrier.py", "reached 1 of 1"),
    ],
)
def test_an_example_runs_to_its_end(example: str, last: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / example)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == last
