"""The progress bar: how far the contacts are, and what the time makes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

import trio
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from runtime.kernel.clock import Clock
from trunkline.summary import SummaryCollector
from trunkline.summary.ceiling import CeilingWatch

REDRAWN_EVERY_SECONDS = 0.2


class Happening(ProgressColumn):
    """The clock, how much faster than ours it runs, calls in use and the ceiling."""

    def render(self, task: Task) -> Text:
        """Draw one task's column."""
        return Text(str(task.fields["happening"]), style="dim")


async def show_progress(
    clock: Clock,
    counted: SummaryCollector,
    ceiling: CeilingWatch,
    rows: int | None,
    *,
    virtual: bool,
    console: Console | None = None,
) -> None:
    """Draw the bar on standard error until cancelled, then take it away.

    `rows` is how many contacts there are; None where that is not known.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn() if rows else TextColumn("{task.completed:,.0f}"),
        Happening(),
    )
    began, start = monotonic(), clock.time()
    with Progress(*columns, console=console or Console(stderr=True), transient=True) as progress:
        task = progress.add_task("contacts", total=rows, happening="")
        while True:
            progress.update(
                task,
                completed=counted.contacts_done,
                happening=describe(
                    clock.time(),
                    clock.time() - start,
                    monotonic() - began,
                    counted.in_use,
                    ceiling.ceiling,
                    virtual=virtual,
                ),
            )
            await trio.sleep(REDRAWN_EVERY_SECONDS)


def describe(now: float, dialed: float, waited: float, in_use: int, ceiling: int, *, virtual: bool) -> str:
    """Say in one line what the clock shows, how fast it runs, and how full it is.

    `dialed` and `waited` are seconds by the run's clock and by ours.
    """
    clock = datetime.fromtimestamp(now, UTC).strftime("%a %d %b %H:%M:%S")
    parts = [clock]
    if virtual and waited > 0:
        parts.append(f"{dialed / waited:,.0f}× real time")
    parts.append(f"{in_use:,} of {ceiling:,} calls in use")
    return " · ".join(parts)
