"""The progress bar of a simulation."""

from __future__ import annotations

import io

import trio
import trio.testing
from rich.console import Console

from runtime.kernel.clock import VirtualClock
from trunkline.cli.progress import describe, show_progress
from trunkline.summary import SummaryCollector
from trunkline.summary.ceiling import CeilingWatch

MONDAY = 1767571200.0


def test_it_says_clock_speed_use_and_ceiling() -> None:
    line = describe(MONDAY + 7200, 7200.0, 2.0, 38, 1040, virtual=True)

    assert line == "Mon 05 Jan 02:00:00 · 3,600× real time · 38 of 1,040 calls in use"


def test_in_real_time_there_is_no_speed_up() -> None:
    line = describe(MONDAY, 10.0, 10.0, 3, 5, virtual=False)

    assert line == "Mon 05 Jan 00:00:00 · 3 of 5 calls in use"


def test_the_bar_shows_contacts_done_of_all() -> None:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=120)
    counted = SummaryCollector()
    counted.contacts_done = 7

    async def main() -> None:
        with trio.move_on_after(1):
            await show_progress(VirtualClock(), counted, CeilingWatch(), 20, virtual=True, console=console)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))

    assert "7/20" in output.getvalue()
    assert "0 of 0 calls in use" in output.getvalue()
