from __future__ import annotations

from typing import Any


def test_every_size_is_dialed_and_compared(quick: Any) -> None:
    figures = quick("scaling", "--of", "contacts")

    assert [(row["what grows"], row["to"]) for row in figures["rows"]] == [
        ("contacts", 200),
        ("contacts", 400),
    ]
    assert [row["dispatches"] for row in figures["rows"]] == [200, 400]
    dearest, memory = figures["ratios"]
    assert dearest["at_most"] == 1.5
    assert dearest["value"] >= 1
    assert memory["value"] <= memory["at_most"], "the peak of a process of its own, not of this one"
