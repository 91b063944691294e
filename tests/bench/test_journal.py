from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.journal import EACH, FILE, MEMORY


def test_it_compares_the_journals_and_tells_what_a_sync_takes(quick: Any, tmp_path: Path) -> None:
    figures = quick("journal", "--folder", str(tmp_path))

    by_journal = {row["journal"]: row for row in figures["rows"]}
    assert list(by_journal) == [MEMORY, FILE, EACH]
    assert by_journal[EACH]["records a commit"] == 1
    assert by_journal[FILE]["records a commit"] > 2
    assert figures["settings"]["fdatasync us"] > 0
    assert list(tmp_path.iterdir()) == []
